import { and, eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isFinished } from '#core/operation.ts';
import { type Lease, leaseTimes } from '#core/worker-wire.ts';
import { insertInto, update } from '#db/change.ts';
import { type Guard, noRow, someRow } from '#db/guard.ts';
import { operations, workers } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, nextEvent, recordOf, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';
import { before } from '../operations/turn.ts';
import { editInTurn } from '../webhooks/edit-in-turn.ts';
import { passHostAct } from './host-act.ts';
import { mustReach } from './labels.ts';
import { leaseOf } from './lease-view.ts';
import { asWorker } from './as-worker.ts';

export interface TakeLease {
  worker: string;
  operation: string;
  labels: string[];
}

/**
 * Gives a worker the right to run an operation, with a higher fence than any lease before (DESIGN §3).
 * @throws AppError `not_found`; `conflict` when it is over; `busy` when it is not its turn or another worker has it.
 */
export async function takeLease({ ctx: tokenCtx, input }: Call<TakeLease>): Promise<Lease> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  const { read } = ctx.deps.store;
  const asked = await operationRow(read, input.operation);
  const nowMs = ctx.deps.nowMs();
  const refusal = refusalOf(asked, input.worker, nowMs);
  if (refusal !== null) throw refusal;
  // Only now: an edit that is made again for what is over would leave a revision that nobody wants.
  const row = await editInTurn(ctx, asked);
  await mustReach(read, row, input.labels);
  const pass = await passHostAct(ctx, row);
  const at = timeOf(nowMs);
  const lease = {
    state: 'running',
    fence: row.fence + 1,
    leaseHolder: input.worker,
    leaseExpiresMs: nowMs + leaseTimes.leaseMs,
    leaseRenewedMs: nowMs,
    startedAt: row.startedAt ?? at,
  } as const;
  const seen = { id: input.worker, name: ctx.caller.actor.name, lastSeenAt: at };
  await commit(
    ctx.deps,
    {
      expects: [...guards(ctx, row), ...pass.expects],
      changes: [
        insertInto(workers)
          .values({ ...seen, firstSeenAt: at })
          .onConflictDoUpdate({ target: workers.id, set: seen }),
        update(operations).set(lease).where(eq(operations.id, row.id)),
        ...(row.state === 'queued' ? [nextEvent(row.id, at, { type: 'state', state: 'running', error: null })] : []),
        ...pass.changes,
      ],
      events: [...(takenOver(row, input.worker) ? [takeOverRecord(ctx, row, lease.fence)] : []), ...pass.events],
    },
    [row.id],
  );
  return await leaseOf(ctx, { ...row, ...lease }, input.labels);
}

/** Why this worker does not get the lease now; null when it may. */
function refusalOf(row: OperationRow, worker: string, nowMs: number): AppError | null {
  if (isFinished(row.state)) {
    return new AppError('conflict', `Operation ${row.id} has ${row.state}`, { done: 'Nothing is left to run.' });
  }
  if (row.state === 'awaiting-approval') return notNow(`Operation ${row.id} awaits approval`);
  if (row.state === 'queued' || row.leaseHolder === worker) return null;
  const freeAtMs = (row.leaseRenewedMs ?? 0) + leaseTimes.awayMs + leaseTimes.stepMs;
  return nowMs >= freeAtMs ? null : notNow(`Operation ${row.id} is held by the worker ${row.leaseHolder}`);
}

const guards = (ctx: Context, row: OperationRow): Guard[] => [
  someRow(
    'nobody else took the lease',
    ctx.deps.store.read
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.id, row.id), eq(operations.fence, row.fence), eq(operations.state, row.state))),
    () => notNow(`Operation ${row.id} was taken by another worker`),
  ),
  noRow('it is its turn', before(ctx.deps.store.read, row), () =>
    notNow(`Another operation of ${row.cluster} comes before ${row.id}`),
  ),
];

const notNow = (message: string): AppError =>
  new AppError('busy', message, { done: 'Nothing was done.', next: 'Wait for the next ring.' });

const takenOver = (row: OperationRow, worker: string): boolean =>
  row.leaseHolder !== null && row.leaseHolder !== worker;

const takeOverRecord = (ctx: Context, row: OperationRow, fence: number) =>
  recordOf(ctx, {
    action: 'lease.taken-over',
    outcome: 'recorded',
    cluster: row.cluster,
    target: { kind: 'operation', id: row.id },
    operation: row.id,
    details: { from: row.leaseHolder, fence },
  });
