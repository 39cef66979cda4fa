import { type ErrorCode, isErrorCode } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { EngineFacts } from '../observation.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import { mergeParts, type Part, part, type Problem, problem, warning } from './part.ts';
import { factsOf, memberOf, nodeOnRecord, seenHosts, type World } from './world.ts';
import { withStop } from '../sentence.ts';

/** Whether every host of the spec is known, can be seen where that is needed, and is free or a node of ours. */
export function checkMembership(world: World): Part {
  const hosts = mergeParts(world.nodes.map((host) => checkHost(world, host)));
  return mergeParts([hosts, checkSwarm(world, hosts.problems)]);
}

function checkHost(world: World, host: string): Part {
  const registered = world.hosts.get(host);
  if (registered === undefined) return part({ problems: [hostNotRegistered(host)] });
  if (registered.cluster !== null && registered.cluster !== world.input.cluster) {
    return part({ problems: [hostOfOther(host, registered.cluster)] });
  }
  const facts = factsOf(world, host);
  if (!facts.known) {
    const member = memberOf(world, host) !== undefined;
    return member ? part() : part({ problems: [hostNotSeen(host, facts.reason, codeOf(facts.code))] });
  }
  const { swarm } = facts.value.engine;
  if (swarm.state === 'inactive') return part();
  if (wasRemoved(world, host, swarm.nodeId)) return part({ problems: [removedUnseen(world, host)] });
  if (swarm.state !== 'active') return part({ problems: [unfit(host, swarm.state, swarm.error)] });
  const member = memberOf(world, host);
  if (member === undefined) return part({ problems: otherSwarm(world, host) });
  return part({ warnings: member.state === 'ready' ? [] : [notReady(host, member.state)] });
}

const hostNotRegistered = (host: string): Problem =>
  problem('not_found', {
    id: 'host-not-registered',
    hosts: [host],
    message: `The spec names ${host}, but no such host is registered.`,
    fix: `Register it with \`flotilla host add ${host}\`, or take it out of the spec.`,
  });

const hostOfOther = (host: string, cluster: string): Problem =>
  problem('conflict', {
    id: 'host-of-other-cluster',
    hosts: [host],
    message: `${host} belongs to the cluster ${cluster}; a host belongs to one cluster at most.`,
    fix: `Take ${host} out of one of the two specs.`,
  });

const notReady = (host: string, state: string): Finding =>
  warning({
    id: 'node-not-ready',
    hosts: [host],
    message: `The engine of ${host} answers, but the managers say that the node is ${state}.`,
    fix: `Check TCP 2377 from ${host} to every manager.`,
  });

/** The refusal for a fact that is needed and could not be seen. */
export const hostNotSeen = (host: string, reason: string, code: ErrorCode): Problem =>
  problem(code, {
    id: 'host-not-seen',
    hosts: [host],
    message: `${host} could not be seen: ${withStop(reason)}`,
    fix: `Run \`flotilla host probe ${host}\` and mend what it says, then try again.`,
  });

/** The code that the observation carries, where it is one of ours. */
export const codeOf = (code: string | undefined): ErrorCode =>
  code !== undefined && isErrorCode(code) ? code : 'host_unreachable';

function otherSwarm(world: World, host: string): Problem[] {
  if (!canTellWhose(world)) return [];
  return [
    problem('in_other_swarm', {
      id: 'in-other-swarm',
      hosts: [host],
      message: `${host} is a node of another swarm, not of the cluster ${world.input.cluster}.`,
      fix: `If that swarm is not needed, run \`docker swarm leave --force\` on ${host}; else take ${host} out of the spec.`,
    }),
  ];
}

/** Its node was taken off the list while it was away, and nobody has told its engine. */
const wasRemoved = (world: World, host: string, nodeId: string | null): boolean =>
  nodeId !== null &&
  nodeId === nodeOnRecord(world, host) &&
  world.swarm?.nodes.every(({ id }) => id !== nodeId) === true;

const removedUnseen = (world: World, host: string): Problem =>
  problem('conflict', {
    id: 'node-was-removed',
    hosts: [host],
    message: `${host} still believes that it is node ${nodeOnRecord(world, host)} of the cluster ${world.input.cluster}, but no manager lists that node any more: it was removed while ${host} was not seen.`,
    fix: `Run \`docker swarm leave --force\` on ${host}, then try again: it joins as a new node.`,
  });

/** With a swarm of ours on record, or a manager that did not answer, and no swarm in sight, this node may well be ours. */
function canTellWhose(world: World): boolean {
  const { observation, record } = world.input;
  const aManager = [...seenHosts(world).values()].some(({ engine }) => engine.swarm.controlAvailable);
  return observation.swarm.known || (record.swarmId === null && !aManager);
}

type Unfit = Exclude<EngineFacts['swarm']['state'], 'inactive' | 'active'>;

const wayOut: Record<Unfit, (host: string) => string> = {
  pending: (host) => `Wait until ${host} has joined, or stop the attempt there with \`docker swarm leave --force\`.`,
  error: (host) => `Read the engine's log on ${host}; \`docker swarm leave --force\` there makes it free again.`,
  locked: (host) => `Unlock it with \`docker swarm unlock\` on ${host}.`,
};

export const unfit = (host: string, state: Unfit, error: string | null): Problem =>
  problem('conflict', {
    id: `swarm-${state}`,
    hosts: [host],
    message: `The engine of ${host} is in swarm state \`${state}\`${error === null ? '' : ` (${error})`}.`,
    fix: wayOut[state](host),
  });

/** What stands against the swarm as a whole, unless a host's own problem explains it already. */
function checkSwarm(world: World, hostProblems: readonly Problem[]): Part {
  const { swarm } = world.input.observation;
  if (hostProblems.length > 0 || world.swarm !== null) return part();
  if (!swarm.known) {
    return part({
      problems: [
        problem(codeOf(swarm.code ?? 'engine_unreachable'), {
          id: 'swarm-not-seen',
          message: `The swarm could not be seen: ${withStop(swarm.reason)}`,
          fix: 'Bring a manager of the cluster back, then try again.',
        }),
      ],
    });
  }
  if (world.input.record.swarmId === null || isTakenDown(world.spec)) return part();
  return part({
    problems: [
      problem('conflict', {
        id: 'swarm-gone',
        hosts: [...world.nodes],
        message: `The cluster ${world.input.cluster} was formed as swarm ${world.input.record.swarmId}, but no host of it is in a swarm now.`,
        fix: `Restore the managers. If it is gone for good: \`flotilla cluster rm ${world.input.cluster}\`, and the name and the hosts may be used again.`,
      }),
    ],
  });
}
