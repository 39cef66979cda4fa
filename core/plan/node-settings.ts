import type { NodeFacts } from '../observation.ts';
import type { NodeSpec } from '../spec/spec.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import type { Step, StepOfKind } from '../step.ts';
import { hasNoVote, isDemotion } from './managers.ts';
import { sameLabels, wantedLabels } from './node-labels.ts';
import { type Part, part, type Problem, problem } from './part.ts';
import { idsOf, stepId } from './steps.ts';
import { factsOf, memberOf, type World } from './world.ts';

/**
 * `set-node` where role, availability or labels differ, for nodes that are there and for those that join.
 * Promotions come before demotions, and demotions one after the other, so that the quorum never gets smaller in between.
 */
export function planNodeSettings(world: World, formed: readonly Step[]): Part {
  const joined = new Map(
    formed.filter(({ kind }) => kind !== 'prepare-host').flatMap(({ id, host }) => (host === null ? [] : [[host, id]])),
  );
  const wanted = world.nodes.flatMap((host) => settingOf(world, host, joined.get(host)) ?? []);
  const demoted = wanted.filter((step) => isDemotion(world, step));
  const others = wanted.filter((step) => !isDemotion(world, step));
  const before = [
    ...idsOf(formed, 'join-manager', 'join-worker'),
    ...others.filter(({ args }) => args.role === 'manager').map(({ id }) => id),
  ];
  const demotions = demoted.map((step, at): Step => {
    const previous = demoted[at - 1]?.id;
    return { ...step, after: [...step.after, ...(previous === undefined ? before : [previous])] };
  });
  return part({
    steps: [...others, ...demotions],
    problems: [...checkQuorum(world, demoted.length > 0), ...checkFixedAddresses(world)],
  });
}

function settingOf(world: World, host: string, joinId: string | undefined): StepOfKind<'set-node'> | undefined {
  const wanted = world.spec.nodes[host];
  if (wanted === undefined) return undefined;
  const member = memberOf(world, host);
  const labels = wantedLabels(member?.labels ?? {}, wanted.labels);
  if (isAsWanted(member ?? { role: wanted.role, availability: 'active', labels: {} }, wanted, labels)) return undefined;
  const { role, availability } = wanted;
  return {
    id: stepId('set-node', host),
    kind: 'set-node',
    host: null,
    args: { node: host, ...(member === undefined ? {} : { id: member.id }), role, availability, labels },
    after: joinId === undefined ? [] : [joinId],
  };
}

type Settings = Pick<NodeFacts, 'role' | 'availability' | 'labels'>;

const isAsWanted = (now: Settings, { role, availability }: NodeSpec, labels: Record<string, string>): boolean =>
  now.role === role && now.availability === availability && sameLabels(now.labels, labels);

/** With managers that are down, taking others away may leave no majority; the swarm could then not be changed any more. */
export function checkQuorum(world: World, demotes: boolean): Problem[] {
  // A swarm that ends keeps no quorum.
  if (!demotes || isTakenDown(world.spec)) return [];
  const managers = world.nodes.filter(
    (host) => world.spec.nodes[host]?.role === 'manager' && !isOutOfRaft(world, host),
  );
  const down = managers.filter((host) => !countsForQuorum(world, host));
  const needed = Math.floor(managers.length / 2) + 1;
  if (managers.length - down.length >= needed) return [];
  return [
    problem('conflict', {
      id: 'quorum-lost',
      hosts: down,
      message: `Of the ${managers.length} managers that would stay ${needed} must be ready to keep the quorum, but ${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} not.`,
      fix: 'Bring them back first, or keep more managers.',
    }),
  ];
}

const isOutOfRaft = (world: World, host: string): boolean => hasNoVote(memberOf(world, host));

/**
 * For half a minute after another manager has taken the lead, nodes are `unknown` until they have come to it. A manager
 * that knows the cluster hears its leader, whatever the list says of it then.
 */
function countsForQuorum(world: World, host: string): boolean {
  const state = memberOf(world, host)?.state ?? 'ready';
  const facts = factsOf(world, host);
  const { controlAvailable, clusterId } = facts.known
    ? facts.value.engine.swarm
    : { controlAvailable: false, clusterId: null };
  return state === 'ready' || (state === 'unknown' && controlAvailable && clusterId !== null);
}

/** The advertised address is fixed while a node is in the swarm; asking for another one is not ignored. */
function checkFixedAddresses(world: World): Problem[] {
  return world.nodes.flatMap((host) => {
    const asked = world.spec.nodes[host]?.advertise_addr;
    const facts = factsOf(world, host);
    const now = facts.known && memberOf(world, host) !== undefined ? facts.value.engine.swarm.nodeAddr : null;
    if (asked === undefined || now === null || asked === now) return [];
    return [
      problem('not_supported_yet', {
        id: 'advertise-addr-fixed',
        hosts: [host],
        message: `${host} advertises ${now}; it can change to ${asked} only by leaving the swarm and joining again, which is not supported yet.`,
        fix: `Write \`advertise_addr: ${now}\` for ${host}, or leave it out.`,
      }),
    ];
  });
}
