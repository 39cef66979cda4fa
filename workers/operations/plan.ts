import { observeForPlan } from '../observe/observe-for-plan.ts';
import type { Ended, RunContext } from '../run-context.ts';

/** Observes and lets the API plan; changes nothing. */
export async function runPlan(context: RunContext): Promise<Ended> {
  const observation = await observeForPlan(context.hosts, context.lease);
  const { operation, fence } = context.lease;
  const planned = await context.api.submitObservation(operation.id, fence, observation);
  return planned.kind === 'planned' ? { kind: 'ended', state: 'succeeded', error: null } : { kind: 'ended-by-api' };
}
