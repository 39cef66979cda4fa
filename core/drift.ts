import type { PlanOrRefusal } from './worker-wire.ts';

/** Drift is that the plan of the current revision is not empty; where no plan can be made it is not known. */
export function driftOf(planned: PlanOrRefusal): 'none' | 'drifted' | 'unknown' {
  if (planned.kind === 'refused') return 'unknown';
  return planned.plan.steps.some(({ kind }) => kind !== 'verify') ? 'drifted' : 'none';
}
