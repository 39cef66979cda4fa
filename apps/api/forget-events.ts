import { and, asc, eq, inArray, lt } from 'drizzle-orm';
import { firstId } from '#core/ids.ts';
import { dayMs } from '#core/length.ts';
import { deleteFrom } from '#db/change.ts';
import type { Reader } from '#db/reader.ts';
import { operationEvents, operations } from '#db/schema/index.ts';
import { timeOf } from './commit.ts';
import type { Deps } from './deps.ts';
import { throwOut } from './throw-out.ts';

/** Operations whose events are thrown out in one commit. */
const batchMax = 100;

/**
 * Throws out what was told while operations ran that ended longer ago than it is kept; the operations with their steps,
 * and what is on record of them, stay. Cheap while there is nothing to do.
 */
export async function forgetOldEvents(deps: Deps): Promise<void> {
  const { read } = deps.store;
  const beforeMs = deps.nowMs() - deps.retention.eventDays * dayMs;
  await throwOut(deps, {
    find: (limit) => oldOperations(read, beforeMs, limit),
    batchMax,
    remove: (found) => deleteFrom(operationEvents).where(inArray(operationEvents.operation, found)),
  });
}

/** Those that have events, which begin with the one that all have. By their ids only what is old is looked at. */
const oldOperations = (read: Reader, beforeMs: number, limit: number) =>
  read
    .select({ id: operations.id })
    .from(operationEvents)
    .innerJoin(operations, eq(operations.id, operationEvents.operation))
    .where(
      and(
        lt(operationEvents.operation, firstId('op', beforeMs)),
        eq(operationEvents.id, 1),
        lt(operations.endedAt, timeOf(beforeMs)),
      ),
    )
    .orderBy(asc(operationEvents.operation))
    .limit(limit);
