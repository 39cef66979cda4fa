import type { OperationView } from './wire.ts';

/**
 * The revision that was in force before an apply that did not come to its end, for who would rather go back than mend it;
 * null where there was none, or nothing was begun.
 */
export function undoRevision({
  kind,
  state,
  plan,
  steps,
}: Pick<OperationView, 'kind' | 'state' | 'plan' | 'steps'>): number | null {
  if (kind !== 'apply' || (state !== 'failed' && state !== 'cancelled')) return null;
  if (plan === null || plan.base === plan.revision || steps.every((step) => step.state === 'waiting')) return null;
  return plan.base;
}
