import type { OperationView } from './wire.ts';

/**
 * The revision that was in force before an apply that did not come to its end, for who would rather go back than mend it, or
 * that took the whole cluster down, which people regret;
 * null where there was none, or nothing was begun.
 */
export function undoRevision({
  kind,
  state,
  plan,
  steps,
}: Pick<OperationView, 'kind' | 'state' | 'plan' | 'steps'>): number | null {
  if (kind !== 'apply' || plan === null) return null;
  const isDown = state === 'succeeded' && plan.steps.some((step) => step.kind === 'end-swarm');
  if (state !== 'failed' && state !== 'cancelled' && !isDown) return null;
  if (plan.base === plan.revision || steps.every((step) => step.state === 'waiting')) return null;
  return plan.base;
}
