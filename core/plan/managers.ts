import type { Finding } from '../finding.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import type { NodeFacts } from '../observation.ts';
import type { Step, StepOfKind } from '../step.ts';
import { warning } from './part.ts';
import { memberOf, type World } from './world.ts';

/** A `set-node` that makes a manager of today a worker. */
export const isDemotion = (world: World, { args }: StepOfKind<'set-node'>): boolean =>
  args.role === 'worker' && memberOf(world, args.node)?.role === 'manager';

/**
 * After `--force-new-cluster` the managers of before are on the list as such, and have no vote any more; the swarm refuses
 * to demote them. One that is being promoted is ready, and has its vote in a moment.
 */
export const hasNoVote = (node: NodeFacts | undefined): boolean =>
  node?.role === 'manager' && node.inRaft === false && node.state !== 'ready';

/** How many managers a swarm may lose and still be changed: a majority must stay. */
const sparable = (managers: number): number => Math.max(0, Math.floor((managers - 1) / 2));

/** Whether steps take managers away until the loss of one more would stop the swarm. */
export const leavesNoneToSpare = (world: World, steps: readonly Step[]): boolean =>
  !isTakenDown(world.spec) &&
  steps.some((step) => step.kind === 'set-node' && isDemotion(world, step)) &&
  sparable(managersOf(world).length) === 0;

/** An even number survives no more losses than one less; and what takes the last manager to spare says so. */
export function managerWarnings(world: World, steps: readonly Step[]): Finding[] {
  const { length } = managersOf(world);
  if (leavesNoneToSpare(world, steps)) {
    return [
      warning({
        id: 'no-manager-to-spare',
        message: `With ${length === 1 ? 'one manager' : `${length} managers`} left the swarm cannot be changed any more after the loss of one.`,
        fix: 'Keep 3, 5 or 7 managers.',
      }),
    ];
  }
  if (length % 2 === 1 || !steps.some(({ kind }) => kind === 'join-manager')) return [];
  const survives = sparable(length);
  return [
    warning({
      id: 'even-managers',
      message: `With ${length} managers the swarm survives the loss of ${survives === 0 ? 'none' : survives}, as with ${length - 1}.`,
      fix: 'Use an odd number of managers: 1, 3, 5 or 7.',
    }),
  ];
}

const managersOf = ({ nodes, spec }: World): string[] => nodes.filter((host) => spec.nodes[host]?.role === 'manager');
