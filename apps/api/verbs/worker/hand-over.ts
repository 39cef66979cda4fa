import type { LogBatch } from '#core/logs.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { asWorker } from './as-worker.ts';
import { type Held, heldOperation } from './held.ts';

export type HandOver = Held & LogBatch;

/**
 * Passes on what a worker has read to who waits for it, by way of memory alone; false when nobody waits any more.
 * @throws AppError `not_found`, `stale_fence`, `rate_limited`
 */
export async function handOver({ ctx: tokenCtx, input }: Call<HandOver>): Promise<boolean> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  const { answers, notifier, store } = ctx.deps;
  await heldOperation(store.read, input);
  const { id, fence, records, isLast } = input;
  const isTaken = answers?.put(id, fence, { records, isLast }) ?? false;
  notifier.wake([id]);
  return isTaken;
}
