import type { OperationView } from './wire.ts';

/**
 * The revision to go back to from an apply that did not come to its end, for who would rather go back than mend it: the
 * last that was carried out whole, as the one before may have failed in the same way. From one that took the whole
 * cluster down, which people regret, what was before. Null where there was none, or nothing was begun.
 */
export function undoRevision({
  kind,
  state,
  plan,
  steps,
  wholeBefore,
}: Pick<OperationView, 'kind' | 'state' | 'plan' | 'steps' | 'wholeBefore'>): number | null {
  if (kind !== 'apply' || plan === null) return null;
  const isDown = state === 'succeeded' && plan.steps.some((step) => step.kind === 'end-swarm');
  if (state !== 'failed' && state !== 'cancelled' && !isDown) return null;
  if (plan.base === plan.revision || steps.every((step) => step.state === 'waiting')) return null;
  if (isDown || wholeBefore === undefined) return plan.base;
  return wholeBefore === plan.revision ? null : wholeBefore;
}
