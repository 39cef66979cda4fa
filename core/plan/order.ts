import type { Step } from '../step.ts';
import { type Problem, problem } from './part.ts';

/** Steps in an order in which each comes after all that it waits for, else as given; or the steps that wait in a ring. */
export type Ordered = { kind: 'ordered'; steps: Step[] } | { kind: 'ring'; problem: Problem };

export function inOrder(steps: readonly Step[]): Ordered {
  const done = new Set<string>();
  const ordered: Step[] = [];
  let waiting = [...steps];
  while (waiting.length > 0) {
    const next = waiting.find(({ after }) => after.every((id) => done.has(id)));
    if (next === undefined) return { kind: 'ring', problem: ringProblem(waiting) };
    done.add(next.id);
    ordered.push(next);
    waiting = waiting.filter((step) => step !== next);
  }
  return { kind: 'ordered', steps: ordered };
}

/** Only ports can make a ring: two that swap theirs would each have to be first. */
const ringProblem = (waiting: readonly Step[]): Problem =>
  problem('conflict', {
    id: 'ports-swapped',
    message: `These changes swap published ports and would each have to come first: ${waiting.map(({ id }) => id).join(', ')}.`,
    fix: 'Move one of them to a port that is free first, apply, then move it to its place.',
  });
