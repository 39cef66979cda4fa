import type { HandedOver, LogBatch } from '#core/logs.ts';
import { authorise } from '../../access.ts';
import { notTaken } from '../../answers.ts';
import type { Call } from '../../http/env.ts';
import { asWorker } from './as-worker.ts';
import { type Held, heldOperation } from './held.ts';

export type HandOver = Held & LogBatch;

/**
 * Passes on what a worker has read to who waits for it, by way of memory alone; not taken when nobody waits any more.
 * @throws AppError `not_found`, `stale_fence`, `rate_limited`
 */
export async function handOver({ ctx: tokenCtx, input }: Call<HandOver>): Promise<HandedOver> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  const { answers, notifier, store } = ctx.deps;
  await heldOperation(store.read, input);
  const { id, fence, worker: _worker, ...batch } = input;
  const handed = answers?.put(id, fence, batch) ?? notTaken;
  // One without records is a sign of life, for which nobody waits.
  if (batch.records.length > 0 || batch.isLast || !handed.isTaken) notifier.wake([id]);
  return handed;
}
