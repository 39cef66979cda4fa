import type { z } from 'zod';
import type { Doorbells, doorbellsQuerySchema } from '#core/worker-wire.ts';
import { insertInto } from '#db/change.ts';
import type { Reader } from '#db/reader.ts';
import { workers } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { anyDoorbell } from '../../notifier.ts';
import { operationRow } from '../../views/operation.ts';
import { dueOperations } from '../operations/due.ts';
import { asWorker } from './as-worker.ts';
import { boundHosts, labelsNeeded } from './labels.ts';

export type ListenForDoorbells = z.output<typeof doorbellsQuerySchema> & { signal: AbortSignal };

/** How often who waits looks by itself: an accepted operation is to be with its worker within two seconds. */
const lookMs = 1000;

/**
 * What is due and waits for a worker, as a worker hears it that has opened the line itself. Answers at once with what
 * was not told before, else when something changes or after `wait` seconds with all of it: a ring may be lost.
 */
export async function listenForDoorbells({ ctx: tokenCtx, input }: Call<ListenForDoorbells>): Promise<Doorbells> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  await noteSeen(ctx, input.worker);
  const labels = input.labels.split(',').filter((label) => label !== '');
  const watch = ctx.deps.notifier.watch(anyDoorbell);
  const endMs = performance.now() + input.wait * 1000;
  try {
    for (;;) {
      const told = await due(ctx, labels);
      const leftMs = endMs - performance.now();
      if (told.after !== input.after || leftMs <= 0 || input.signal.aborted) return told;
      await watch.wait(Math.min(lookMs, leftMs), input.signal);
    }
  } finally {
    watch.close();
  }
}

async function due({ deps }: Context, labels: readonly string[]): Promise<Doorbells> {
  const { read } = deps.store;
  const all = await dueOperations(read, deps.nowMs());
  const mine = await reachable(read, all, labels);
  const doorbells = mine.map(({ id, dispatchNumber }) => ({ operation: id, number: dispatchNumber }));
  const after = await deps.sha256(doorbells.map(({ operation, number }) => `${operation}-${number}`).join());
  return { doorbells, after };
}

/** A few at a time: a worker has room for a few, and the rest is due as well when it asks again. */
const dueMax = 50;

async function reachable<T extends { id: string }>(
  read: Reader,
  all: readonly T[],
  labels: readonly string[],
): Promise<T[]> {
  const bound = await boundHosts(read);
  if (bound.length === 0) return all.slice(0, dueMax);
  const mine: T[] = [];
  for (const one of all) {
    const needed = await labelsNeeded(read, await operationRow(read, one.id), bound);
    if ([...needed.keys()].every((label) => labels.includes(label))) mine.push(one);
    if (mine.length === dueMax) break;
  }
  return mine;
}

/** That it is there is for people to see; not being able to write it down keeps nobody from working. */
async function noteSeen(ctx: Context, worker: string): Promise<void> {
  const at = timeOf(ctx.deps.nowMs());
  const seen = { id: worker, name: ctx.caller.actor.name, lastSeenAt: at };
  const note = insertInto(workers)
    .values({ ...seen, firstSeenAt: at })
    .onConflictDoUpdate({ target: workers.id, set: seen });
  await commit(ctx.deps, { changes: [note], events: [] }).catch(() => {});
}
