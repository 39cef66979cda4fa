import type { OperationError } from '#core/operation.ts';
import type { Report } from '#core/report.ts';
import { stepSucceeded } from '#core/step.ts';
import type { StepView } from '#core/wire.ts';
import type { Ending } from '../operations/ending.ts';
import { notMoved } from './moved-host.ts';
import { notShown } from './renewed-pin.ts';
import type { ReportWorld } from './report-world.ts';

/**
 * How an operation ends, if a report of the batch ends it. Nothing half-done becomes `succeeded`: a plan that was never
 * made, a step that is not done or a verification that failed is told as a failure, whatever the worker says.
 */
export function conclusionOf(world: ReportWorld, reports: readonly Report[]): Ending | null {
  const last = reports.at(-1)?.body;
  if (last?.type !== 'ended') return null;
  const { state, error } = last;
  if (state !== 'succeeded') return { state, error };
  const objection = notPlanned(world) ?? notShown(world) ?? notMoved(world) ?? notDone(world) ?? notVerified(world);
  return objection === null ? { state, error } : { state: 'failed', error: objection };
}

const retry = 'Look at the worker log, then retry the operation.';

const notAdopted: OperationError = {
  code: 'internal',
  message: 'The worker reported success, but no swarm is on record.',
  done: 'Nothing was changed on any host.',
  next: retry,
};

function notPlanned({ row }: ReportWorld): OperationError | null {
  if (row.kind === 'adopt') return row.result === null ? notAdopted : null;
  const needed = row.kind === 'apply' ? row.acceptedPlanDigest : row.kind === 'plan' ? row.planDigest : '';
  if (needed !== null) return null;
  const message = 'The worker reported success, but no plan was made.';
  return { code: 'internal', message, done: 'Nothing was changed on any host.', next: retry };
}

function notDone({ ledger }: ReportWorld): OperationError | null {
  const undone = [...ledger.values()].filter(({ outcome }: StepView) => outcome === null || !stepSucceeded(outcome));
  if (undone.length === 0) return null;
  return {
    code: 'internal',
    message: 'The worker reported success, but steps of the plan are not done.',
    done: `${ledger.size - undone.length} of ${ledger.size} steps were done. Not done: ${undone.map(({ step }) => step.id).join(', ')}.`,
    next: retry,
  };
}

function notVerified({ verdict, ledger, row }: ReportWorld): OperationError | null {
  if (verdict === null || verdict === 'passed') return null;
  const isPreflight = row.kind === 'preflight';
  const what = isPreflight ? 'The preflight' : 'The verification';
  return {
    code: isPreflight ? 'preflight_failed' : 'verification_failed',
    message: verdict === 'failed' ? `${what} failed.` : `${what} could not look at everything.`,
    done: ledger.size === 0 ? 'Nothing was changed.' : `All ${ledger.size} steps were done.`,
    next: 'Look at its findings.',
  };
}
