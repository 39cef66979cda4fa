import { isGiven } from '../engine/held-fields.ts';
import type { HeldFacts, ServiceFacts } from '../observation.ts';
import { type HeldKind, heldWords } from '../spec/held.ts';
import type { Step } from '../step.ts';
import { type Part, part, warning } from './part.ts';
import { idsOf } from './steps.ts';
import { isMine, type World } from './world.ts';

/**
 * Steps that remove secrets or configs which the spec does not have any more, after everything that has them until then.
 * What a service of somebody else is given is left there, with a word on it.
 */
export function planHeldRemovals(
  world: World,
  kind: HeldKind,
  { gone, before }: { gone: readonly HeldFacts[]; before: readonly Step[] },
  stepOf: (held: HeldFacts, after: string[]) => Step,
): Part {
  const after = idsOf(before, 'update-service', 'remove-service');
  const strangersOf = (held: HeldFacts) =>
    usersOf(world, kind, held).filter((service) => !isMine(world, 'services', service));
  return part({
    steps: gone.filter((held) => strangersOf(held).length === 0).map((held) => stepOf(held, after)),
    warnings: gone.flatMap((held) => {
      const strangers = strangersOf(held);
      return strangers.length === 0 ? [] : [stillUsed(kind, held, strangers)];
    }),
  });
}

/** Services that are given it now. */
export const usersOf = (world: World, kind: HeldKind, held: HeldFacts): ServiceFacts[] =>
  (world.swarm?.services ?? []).filter(({ spec }) => isGiven(kind, held, spec));

const stillUsed = (kind: HeldKind, { name }: HeldFacts, users: readonly ServiceFacts[]) =>
  warning({
    id: `${heldWords[kind]}-in-use`,
    message: `The ${heldWords[kind]} ${name} is not in the spec any more, but is given to ${users.map((user) => user.name).join(', ')}, which Flotilla did not make; it is left there.`,
    fix: 'It goes with the next change after nothing has it any more.',
  });
