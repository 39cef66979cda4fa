import type { Finding } from '../finding.ts';
import type { HostFacts, NodeFacts } from '../observation.ts';
import { heldGossip } from './fitness.ts';
import { hasNoVote, leavesNoneToSpare, managerWarnings } from './managers.ts';
import { codeOf, unfit } from './membership.ts';
import { checkQuorum } from './node-settings.ts';
import { mergeParts, type Part, part, type Problem, problem, warning } from './part.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import { isForced } from './removal-by-force.ts';
import { isContainerOfSpec } from './removals.ts';
import { stepId } from './steps.ts';
import type { Step } from '../step.ts';
import { factsOf, leftOut, nodeOnRecord, type World } from './world.ts';
import { withStop } from '../sentence.ts';

/** A host of the cluster that the spec does not name any more, and what there is to undo. */
interface Leaving {
  host: string;
  /** The node that it is or was; null when no manager lists one and the host is in no swarm of ours. */
  id: string | null;
  /** As a manager lists it; undefined when none does. */
  listed: NodeFacts | undefined;
  /** Its engine is in our swarm. */
  isIn: boolean;
  /** Its engine has left our swarm and kept port 7946. */
  isStale: boolean;
  /** It was not seen, and its node is taken off the list all the same. */
  byForce: boolean;
}

/** Whether the hosts that leave can: each was seen, or is taken out by force; a majority of managers stays. */
export function checkLeaving(world: World): Part {
  if (world.swarm === null) return part();
  return mergeParts([
    ...leftOut(world).map((host) => checkOne(world, host)),
    part({
      problems: checkQuorum(
        world,
        leaving(world).some(({ listed }) => listed?.role === 'manager'),
      ),
    }),
  ]);
}

/**
 * Takes out by force who was not seen, once newcomers have joined and before services are touched: what is updated would
 * wait for tasks on nodes that are gone, and so the scheduler has no node that is none. A swarm that ends moves nothing.
 */
export function planForcedLeaving(world: World, formed: readonly Step[]): Step[] {
  if (isTakenDown(world.spec)) return [];
  const forced = leaving(world).filter(({ byForce }) => byForce);
  return inTurn(
    formed,
    forced.map((one) => stepsOf(one)),
  );
}

/**
 * Takes the other hosts out of the swarm, one after the other: a manager is demoted, the node drained, the host leaves,
 * and its node is taken off the list. It comes after all else but the removal of networks, so that what moves has moved.
 */
export function planLeaving(
  world: World,
  { before, forced }: { before: readonly Step[]; forced: readonly Step[] },
): Part {
  const steps = inTurn([...before, ...forced], stepsOfAll(world));
  const warnings = leavesNoneToSpare(world, before) ? [] : managerWarnings(world, [...forced, ...steps]);
  return part({ steps, warnings });
}

/** The steps of one host after those of the other, all of them after what comes before. */
function inTurn(before: readonly Step[], hosts: readonly Step[][]): Step[] {
  const steps: Step[] = [];
  for (const own of hosts) {
    let after = [...before, ...steps].map(({ id }) => id);
    for (const step of own) {
      steps.push({ ...step, after });
      after = [step.id];
    }
  }
  return steps;
}

/** Ids of the listed nodes that leave. */
export const leavingIds = (world: World): string[] => leaving(world).flatMap(({ listed }) => listed?.id ?? []);

/** Where the swarm ends: managers after the others, and last the one by which the steps before are made. */
function stepsOfAll(world: World): Step[][] {
  const all = leaving(world);
  if (!isTakenDown(world.spec)) return all.filter(({ byForce }) => !byForce).map((one) => stepsOf(one));
  // Its leader where that is seen, else the manager that was asked.
  const last = all.find(({ isIn, listed }) => isIn && listed?.leader === true)?.host ?? world.swarm?.manager;
  const rank = ({ host, listed }: Leaving): number => (host === last ? 2 : listed?.role === 'manager' ? 1 : 0);
  return all
    .toSorted((a, b) => rank(a) - rank(b))
    .map((one) => (one.host === last ? endOf(one) : stepsOf(one, { ends: true })));
}

function endOf({ host, id }: Leaving): Step[] {
  if (id === null) return [];
  return [{ id: stepId('end-swarm', host), kind: 'end-swarm', host, args: { node: host, id }, after: [] }];
}

/** Where the swarm ends, nothing is left that would move away from a node. */
function stepsOf({ host, id, listed, isIn, isStale, byForce }: Leaving, { ends = false } = {}): Step[] {
  if (id === null) return [];
  const args = { node: host, id };
  const steps: Step[] = [];
  if (listed?.role === 'manager' && !hasNoVote(listed)) {
    const { availability, labels } = listed;
    const demoted = { ...args, role: 'worker', availability, labels } as const;
    steps.push({ id: stepId('set-node', host), kind: 'set-node', host: null, args: demoted, after: [] });
  }
  if (isIn && listed !== undefined && !ends)
    steps.push({ id: stepId('drain-node', host), kind: 'drain-node', host: null, args, after: [] });
  if (isIn || isStale) steps.push({ id: stepId('leave-swarm', host), kind: 'leave-swarm', host, args, after: [] });
  const force = { ...args, force: byForce };
  return [...steps, { id: stepId('remove-node', host), kind: 'remove-node', host: null, args: force, after: [] }];
}

const leaving = (world: World): Leaving[] => leftOut(world).map((host) => leavingOf(world, host));

function leavingOf(world: World, host: string): Leaving {
  const facts = factsOf(world, host);
  const recorded = nodeOnRecord(world, host);
  const listedAs = (id: string | null): NodeFacts | undefined => world.swarm?.nodes.find((node) => node.id === id);
  const was = listedAs(recorded);
  const old = { host, id: was?.id ?? null, listed: was, isIn: false, isStale: false, byForce: false };
  if (!facts.known) return { ...old, byForce: true };
  const { state, nodeId } = facts.value.engine.swarm;
  if (state === 'inactive') return { ...old, isStale: was !== undefined && keepsGossip(facts.value) };
  const isOurs = listedAs(nodeId) !== undefined || nodeId === recorded;
  return isOurs ? { ...old, id: nodeId, listed: listedAs(nodeId), isIn: true } : old;
}

const keepsGossip = ({ system }: HostFacts): boolean => system.known && heldGossip(system.value).length > 0;

function checkOne(world: World, host: string): Part {
  const facts = factsOf(world, host);
  if (!facts.known)
    return isForced(world, host)
      ? part({ warnings: [goesUnseen(world, host, facts.reason)] })
      : part({ problems: [cannotLeaveUnseen(host, facts.reason, codeOf(facts.code))] });
  const { state, error, nodeId } = facts.value.engine.swarm;
  if (state === 'inactive') return part();
  if (state !== 'active') return part({ problems: [unfit(host, state, error)] });
  if (!leavingOf(world, host).isIn) return part({ warnings: [isElsewhere(host, nodeId)] });
  return part({ problems: strandedOn(world, host, facts.value) });
}

const cannotLeaveUnseen = (host: string, reason: string, code: ReturnType<typeof codeOf>): Problem =>
  problem(code, {
    id: 'leaving-host-not-seen',
    hosts: [host],
    message: `${host} is to leave the cluster and could not be seen: ${withStop(reason)}`,
    fix: `Run \`flotilla host probe ${host}\` and mend what it says, then try again. If the host is gone for good: \`flotilla node rm ${host} --force\`.`,
  });

function goesUnseen(world: World, host: string, reason: string): Finding {
  const { cluster } = world.input;
  return warning({
    id: 'removed-by-force',
    hosts: [host],
    message: `${host} could not be seen (${reason}), so it is taken out of ${cluster} without its knowledge: it still believes that it is a node, and what runs there goes on.`,
    fix: `When it comes back, run \`docker swarm leave --force\` there before anything else.`,
  });
}

const isElsewhere = (host: string, nodeId: string | null): Finding =>
  warning({
    id: 'left-for-other-swarm',
    hosts: [host],
    message: `${host} is in another swarm now (as node ${nodeId ?? 'without an id'}), which is left as it is.`,
  });

/** Docker takes a container that is left off a network of the swarm; what is not ours is not changed so. */
function strandedOn(world: World, host: string, { containers }: HostFacts): Problem[] {
  const overlays = new Set(world.swarm?.networks.map(({ name }) => name));
  const stranded = containers.filter(
    (container) => !isContainerOfSpec(world, container) && container.networks.some((name) => overlays.has(name)),
  );
  if (stranded.length === 0) return [];
  const names = stranded.map(({ name, networks }) => `${name} (${networks.join(', ')})`);
  return [
    problem('conflict', {
      id: 'containers-stranded',
      hosts: [host],
      message: `${host} is to leave the swarm, and containers there that Flotilla did not make would lose their network: ${names.join(', ')}.`,
      fix: `Remove them, or take them off the network with \`docker network disconnect\` on ${host}.`,
    }),
  ];
}
