import type { Step, StepKind } from '../step.ts';

/** `join-worker:h2`: unique in a plan, the same in every plan of the same change. */
export const stepId = (kind: StepKind, object: string): string => `${kind}:${object}`;

/** The ids of all steps of these kinds. */
export const idsOf = (steps: readonly Step[], ...kinds: StepKind[]): string[] =>
  steps.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
