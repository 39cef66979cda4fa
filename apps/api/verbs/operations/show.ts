import type { OperationView } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { isFinished } from '#core/operation.ts';
import { operationRow, operationViewOf } from '../../views/operation.ts';

export interface ShowOperation {
  id: string;
  /** Seconds to wait for it to end; the answer comes when it has, or when they are over. */
  wait: number;
  signal?: AbortSignal;
}

/** @throws AppError `not_found` */
export async function showOperation({ ctx, input }: Call<ShowOperation>): Promise<OperationView> {
  const { store, notifier, limits, nowMs } = ctx.deps;
  await authorise(ctx, 'read', (await operationRow(store.read, input.id)).cluster);
  const endMs = nowMs() + Math.min(input.wait, limits.waitSecondsMax) * 1000;
  const watch = notifier.watch(input.id);
  try {
    let row = await operationRow(store.read, input.id);
    while (!isFinished(row.state) && nowMs() < endMs && input.signal?.aborted !== true) {
      await watch.wait(Math.min(limits.pollMs, endMs - nowMs()), input.signal);
      row = await operationRow(store.read, input.id);
    }
    return await operationViewOf(store.read, row);
  } finally {
    watch.close();
  }
}
