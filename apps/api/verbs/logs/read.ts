import { AppError } from '#core/errors.ts';
import type { LogRecord } from '#core/logs.ts';
import { isFinished } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Taken } from '../../answers.ts';
import { type Call, type Context, personOf } from '../../http/env.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';
import { FollowWatch } from './follow-watch.ts';

export interface ReadLogs {
  id: string;
  signal: AbortSignal;
}

/**
 * What was read, as it comes: for who asked and nobody else, once. An empty batch is a sign of life. One that is followed
 * goes on until nobody reads, the right to is lost, or its worker is silent.
 * @throws AppError `not_found`, `forbidden`, `conflict`, before the first record
 */
export async function readLogs({ ctx, input }: Call<ReadLogs>): Promise<AsyncGenerator<readonly LogRecord[]>> {
  const row = await operationRow(ctx.deps.store.read, input.id);
  await authorise(ctx, 'logs.read', row.cluster);
  if (row.request.kind !== 'logs') throw notLogs(row);
  if (!isAsker(ctx, row)) throw notAsked(row);
  const taken = ctx.deps.answers?.take(row.id) ?? null;
  if (taken === null) throw notThere(row);
  const watch = row.request.follow === true ? new FollowWatch(ctx, row, taken) : null;
  return follow(ctx, input, { taken, watch });
}

async function* follow({ deps }: Context, { id, signal }: ReadLogs, { taken, watch: followed }: Reading) {
  const { store, notifier, limits, nowMs } = deps;
  const watch = notifier.watch(id);
  let silentSinceMs = nowMs();
  try {
    while (!signal.aborted) {
      // Looked at before the answer: of an operation that has ended by then nothing more comes.
      const { state } = await operationRow(store.read, id);
      const stopped = (await followed?.stopped()) ?? null;
      const records = taken.next();
      if (stopped !== null) {
        // What has come since it was last allowed is not shown any more where the right is lost.
        yield [...(stopped.code === 'worker_stopped' ? records : []), stopped];
        return;
      }
      if (records.length > 0 || nowMs() - silentSinceMs >= limits.heartbeatMs) {
        silentSinceMs = nowMs();
        yield records;
      }
      if (taken.isWhole() || isFinished(state)) return;
      await watch.wait(limits.pollMs, signal);
    }
  } finally {
    watch.close();
    taken.drop();
  }
}

interface Reading {
  taken: Taken;
  watch: FollowWatch | null;
}

function isAsker({ caller }: Context, { actor }: OperationRow): boolean {
  const person = personOf(caller);
  if (actor.kind === 'person') return person === actor.person;
  return JSON.stringify(actor) === JSON.stringify(caller.actor);
}

const notLogs = ({ id, kind }: OperationRow): AppError =>
  new AppError('conflict', `Operation ${id} is ${kind} and reads no logs`, { done: 'Nothing was done.' });

const notAsked = ({ id }: OperationRow): AppError =>
  new AppError('forbidden', `What ${id} reads is for who asked for it`, {
    done: 'Nothing was done.',
    next: 'Ask for the logs yourself: the record says who looked at what.',
  });

const notThere = ({ id }: OperationRow): AppError =>
  new AppError(
    'conflict',
    `There is nothing to fetch of ${id}: it was fetched, nobody came for it, or the API was restarted`,
    {
      done: 'Nothing was done. What programs print is kept nowhere.',
      next: 'Ask for the logs again.',
    },
  );
