import { and, asc, eq, gt } from 'drizzle-orm';
import { isFinished } from '#core/operation.ts';
import type { OperationEvent } from '#core/wire.ts';
import { operationEvents } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { operationEventOf } from '../../views/operation-event.ts';
import { operationRow } from '../../views/operation.ts';

export interface EventsAfter {
  id: string;
  /** Events after this id; 0 for all. */
  after: number;
}

const batchMax = 500;

/** A page of an operation's events, oldest first; `next` is set while there may be more at once. */
export async function listEvents({
  ctx,
  input,
}: Call<EventsAfter>): Promise<{ items: OperationEvent[]; next: string | null }> {
  await authorise(ctx, 'read', (await operationRow(ctx.deps.store.read, input.id)).cluster);
  const items = await eventsAfter(ctx.deps.store.read, input);
  return { items, next: items.length === batchMax ? String(items.at(-1)?.id) : null };
}

/**
 * Events as they come, until the one with which the operation ends; `null` when nothing came for a heartbeat.
 * Ends as well when the signal aborts. @throws AppError `not_found`, before the first event.
 */
export async function followEvents({
  ctx,
  input,
}: Call<EventsAfter & { signal: AbortSignal }>): Promise<AsyncGenerator<OperationEvent | null>> {
  await authorise(ctx, 'read', (await operationRow(ctx.deps.store.read, input.id)).cluster);
  return follow({ ctx, input });
}

async function* follow({ ctx, input }: Call<EventsAfter & { signal: AbortSignal }>) {
  const { store, notifier, limits, nowMs } = ctx.deps;
  const watch = notifier.watch(input.id);
  let after = input.after;
  let silentSinceMs = nowMs();
  try {
    while (!input.signal.aborted) {
      // Looked at before the events: an operation that had ended by then has all its events in the database.
      const { state } = await operationRow(store.read, input.id);
      const events = await eventsAfter(store.read, { id: input.id, after });
      yield* events;
      after = events.at(-1)?.id ?? after;
      if (events.length === batchMax) continue;
      if (isFinished(state)) return;
      if (events.length > 0) silentSinceMs = nowMs();
      else if (nowMs() - silentSinceMs >= limits.heartbeatMs) {
        yield null;
        silentSinceMs = nowMs();
      }
      await watch.wait(limits.pollMs, input.signal);
    }
  } finally {
    watch.close();
  }
}

async function eventsAfter(read: Reader, { id, after }: EventsAfter): Promise<OperationEvent[]> {
  const rows = await read
    .select()
    .from(operationEvents)
    .where(and(eq(operationEvents.operation, id), gt(operationEvents.id, after)))
    .orderBy(asc(operationEvents.id))
    .limit(batchMax);
  return await Promise.all(rows.map((row) => operationEventOf(read, row)));
}
