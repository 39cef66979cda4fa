import { networkBody } from '../engine/network-body.ts';
import type { NetworkFacts } from '../observation.ts';
import type { NetworkSpec } from '../spec/network.ts';
import type { Step } from '../step.ts';
import { mtuWarnings, networkDifferences } from './network-differences.ts';
import { checkIpv6 } from './ipv6.ts';
import { notOurs } from './not-ours.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { resolveMtu } from './mtu.ts';
import { checkSubnets } from './subnets.ts';
import { idsOf, stepId } from './steps.ts';
import { takenDecision } from './taken.ts';
import { isMine, isOurs, type World } from './world.ts';

/** Steps that create the networks of the spec which are not there. One that is there is never changed. */
export function planNetworks(world: World, formed: readonly Step[]): Part {
  const after = idsOf(formed, 'init-swarm');
  return mergeParts(
    Object.entries(world.spec.networks).map(([name, spec]) => {
      const existing = world.swarm?.networks.find((network) => network.name === name);
      return existing === undefined ? createOne(world, name, spec, after) : compareOne(world, name, spec, existing);
    }),
  );
}

function createOne(world: World, name: string, spec: NetworkSpec, after: string[]): Part {
  const mtu = resolveMtu(world, name);
  if (mtu.kind === 'unknown') return part({ problems: mtu.problems });
  const create = networkBody(spec, { name, cluster: world.input.cluster, mtu: mtu.bytes });
  const step: Step = {
    id: stepId('create-network', name),
    kind: 'create-network',
    host: null,
    args: { network: name, create },
    after,
  };
  const decisions = mtu.decision === null ? [] : [mtu.decision];
  return mergeParts([
    part({ steps: [step], decisions, problems: checkSubnets(world, name, spec) }),
    checkIpv6(world, name),
  ]);
}

function compareOne(world: World, name: string, spec: NetworkSpec, existing: NetworkFacts): Part {
  if (!isMine(world, 'networks', existing)) return part({ problems: [notOurs('network', existing)] });
  const { differences, decision } = networkDifferences(world, name, spec, existing);
  const taken = isOurs(world, existing.labels) ? [] : [takenDecision('networks', name, existing.id)];
  return part({
    decisions: [...(decision === null ? [] : [decision]), ...taken],
    warnings: mtuWarnings(world, name, existing),
    problems: differences.length === 0 ? [] : [cannotChange(name, differences)],
  });
}

const cannotChange = (name: string, differences: readonly string[]): Problem =>
  problem('not_supported_yet', {
    id: 'network-change',
    message: `The network ${name} exists and cannot be changed while it lives: ${differences.join('; ')}.`,
    fix: `Put the new settings into a network of another name and move the services and containers there, or take ${name} out of the spec with all that uses it, apply, and put it back.`,
  });
