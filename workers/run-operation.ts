import { AppError, type ErrorCode } from '#core/errors.ts';
import type { SpanStart } from '#core/trace.ts';
import type { OperationError, OperationKind } from '#core/operation.ts';
import type { Lease } from '#core/worker-wire.ts';
import { LeaseKeeper, type StopReason } from './lease-keeper.ts';
import { Reporter } from './reporter.ts';
import type { Ended, RunContext } from './run-context.ts';
import { type Log, reasonOf, stackOf } from '#core/log.ts';
import { type Telemetry, tracedFrom } from './telemetry.ts';
import { Spool } from './spool.ts';
import { withUnsent } from './with-unsent.ts';
import type { WorkerApi } from './worker-api.ts';
import { runAdopt } from './operations/adopt.ts';
import { runApply } from './operations/apply.ts';
import { runInspect } from './operations/inspect.ts';
import { runLogs } from './operations/logs.ts';
import { runPinHost } from './operations/pin-host.ts';
import { runPlan } from './operations/plan.ts';
import { runPreflightOperation } from './operations/preflight.ts';
import { runPs } from './operations/ps.ts';
import { runProbeHost } from './operations/probe-host.ts';
import { runCleanHost } from './operations/clean-host.ts';
import { runSetHost } from './operations/set-host.ts';
import { runRestartEngine } from './operations/restart-engine.ts';
import { runVerify } from './operations/verify.ts';
import type { Hosts } from './hosts.ts';

export interface WorkerDeps {
  api: WorkerApi;
  spoolFolder: string;
  /** The pool of connections for the hosts of a lease. */
  openHosts: (lease: Lease, reporter: Reporter) => Hosts;
  telemetry: Telemetry;
  /** The clock by which a lease runs out; by default this process's own. */
  monotonicMs?: () => number;
}

const runners: Record<OperationKind, (context: RunContext) => Promise<Ended>> = {
  apply: runApply,
  plan: runPlan,
  verify: runVerify,
  preflight: runPreflightOperation,
  inspect: runInspect,
  ps: runPs,
  logs: runLogs,
  adopt: runAdopt,
  'probe-host': runProbeHost,
  'clean-host': runCleanHost,
  'restart-engine': runRestartEngine,
  'pin-host': runPinHost,
  'set-host': runSetHost,
};

const stopsSoon = 'Asked to stop: ends after the steps that run now.';

/** Who reads no more is known by what is handed over; a cancellation of such a one may wait for a while. */
const followRenewMs = 10_000;

/** How long the last reports may take to reach the API before the worker goes on; they stay on disk. */
const drainLimitMs = 150_000;

/**
 * Runs one operation under a lease, from where its ledger ends.
 * `running` gets the keeper while it runs, so that a shutdown can stop it between two steps.
 */
export async function runOperation(
  deps: WorkerDeps,
  operation: string,
  running: Set<LeaseKeeper> = new Set(),
  detach: () => void = () => {},
): Promise<'ran' | 'nothing-to-do' | 'other-worker'> {
  const lease = await deps.api.lease(operation);
  if (lease === null) return 'nothing-to-do';
  if (lease === 'other-worker') return lease;
  const { fence } = lease;
  const keeper = new LeaseKeeper({
    lease,
    renew: () => deps.api.renew(operation, fence),
    onCancel: () => reporter.report({ type: 'note', step: null, host: null, text: stopsSoon }),
    ...(deps.monotonicMs === undefined ? {} : { now: deps.monotonicMs }),
    ...(isFollow(lease) ? { renewEveryMs: followRenewMs } : {}),
  });
  const spool = new Spool(deps.spoolFolder, operation);
  const reporter = new Reporter({
    spool,
    nextSequence: lease.nextSequence,
    send: async (reports) => {
      const answer = await deps.api.sendReports(operation, fence, reports);
      if (answer.cancelRequested) keeper.noteCancelRequested();
      if (answer.result === 'refused') keeper.noteLost();
      return answer.result;
    },
  });
  running.add(keeper);
  try {
    const telemetry = { ...deps.telemetry, log: logFor(lease, deps.telemetry.log) };
    telemetry.log(`${lease.operation.kind} is taken up`, { level: 'info', fence });
    const stopped = await tracedFrom(telemetry.tracer, spanOf(lease), () =>
      runAndReport({
        lease: withUnsent(lease, reporter.unsent),
        api: deps.api,
        hosts: deps.openHosts(lease, reporter),
        reporter,
        keeper,
        telemetry,
        detach,
      }),
    );
    if (await reporter.drain(drainLimitMs)) {
      spool.remove();
      // This run will not go on with it, and all that it did is told: the next one need not wait for the lease.
      if (stopped === 'shutdown' || stopped === 'api-away') await deps.api.release(operation, fence);
    }
  } finally {
    running.delete(keeper);
    keeper.close();
    reporter.close();
  }
  return 'ran';
}

const isFollow = ({ operation: { request } }: Lease): boolean => request.kind === 'logs' && request.follow === true;

/** Gives the reason for which it was stopped between two steps, if it was. */
async function runAndReport(context: RunContext): Promise<StopReason | null> {
  // An earlier run of this worker may have ended it already and died before it could say so.
  if (context.reporter.unsent.some((body) => body.type === 'ended')) return null;
  const ended = await runGuarded(context);
  const { log } = context.telemetry;
  if (ended.kind === 'ended') {
    // Nobody waits for what started by itself.
    const isSeen = ended.state === 'succeeded' || context.lease.operation.actor.kind !== 'schedule';
    const level = isSeen ? 'info' : 'warn';
    log(`it has ended: ${ended.state}`, { level, code: ended.error?.code, why: ended.error?.message });
    context.reporter.report({ type: 'ended', state: ended.state, error: ended.error });
  }
  const stopped = ended.kind === 'handed-back' ? context.keeper.stopReason : null;
  if (stopped !== null) log(`it is stopped between two steps: ${stopped}`, { level: 'info' });
  return stopped;
}

/** What says nothing of the operation itself: it goes on from its ledger once the record can be written again. */
const handsBack: ReadonlySet<ErrorCode> = new Set(['api_unreachable', 'audit_unavailable', 'stale_fence']);

async function runGuarded(context: RunContext): Promise<Ended> {
  const { operation } = context.lease;
  const { log } = context.telemetry;
  try {
    return await runners[operation.kind](context);
  } catch (error) {
    if (error instanceof AppError) {
      if (handsBack.has(error.code)) {
        log(`it is put off: ${error.message}`, { code: error.code });
        return { kind: 'handed-back' };
      }
      return { kind: 'ended', state: 'failed', error: operationErrorOf(error) };
    }
    log(reasonOf(error), { level: 'error', stack: stackOf(error) });
    return { kind: 'ended', state: 'failed', error: internalError };
  } finally {
    await context.hosts.release();
  }
}

/** Every entry of a run says of which operation it is, and which request asked for it. */
const logFor =
  ({ operation, origin }: Lease, log: Log): Log =>
  (msg, fields) =>
    log(msg, { operationId: operation.id, requestId: origin?.requestId, ...fields });

const spanOf = ({ operation, origin, fence }: Lease): SpanStart => ({
  name: `operation ${operation.kind}`,
  parent: origin?.traceparent,
  kind: 'internal',
  attributes: {
    'flotilla.operation': operation.id,
    'flotilla.cluster': operation.cluster,
    'flotilla.request_id': origin?.requestId,
    'flotilla.fence': fence,
  },
});

const internalError: OperationError = {
  code: 'internal',
  message: 'A fault of Flotilla itself stopped the operation; the worker has the details in its log.',
  done: 'The steps shown as ended were done; nothing after them was started.',
  next: 'Look at the worker log, then run `flotilla ops retry` or `flotilla plan` to see what is left.',
};

/** The wire form of an expected refusal. */
export function operationErrorOf(error: AppError): OperationError {
  return {
    code: error.code,
    message: error.message,
    ...(error.done === undefined ? {} : { done: error.done }),
    ...(error.next === undefined ? {} : { next: error.next }),
    ...(error.host === undefined ? {} : { host: error.host }),
  };
}
