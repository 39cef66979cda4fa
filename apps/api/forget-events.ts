import { and, asc, eq, inArray, lt } from 'drizzle-orm';
import { firstId } from '#core/ids.ts';
import { dayMs } from '#core/length.ts';
import { deleteFrom } from '#db/change.ts';
import type { Reader } from '#db/reader.ts';
import { operationEvents, operations } from '#db/schema/index.ts';
import { commit, timeOf } from './commit.ts';
import type { Deps } from './deps.ts';

/** Operations whose events are thrown out in one commit, so that nobody waits long for his own. */
const batchMax = 100;

/**
 * Throws out what was told while operations ran that ended longer ago than it is kept; the operations with their steps,
 * and what is on record of them, stay. Cheap while there is nothing to do.
 */
export async function forgetOldEvents(deps: Deps): Promise<void> {
  const { read } = deps.store;
  const beforeMs = deps.nowMs() - deps.retention.eventDays * dayMs;
  if ((await oldOperations(read, beforeMs, 1)).length === 0) return;
  const old = inArray(operationEvents.operation, oldOperations(read, beforeMs, batchMax));
  await commit(deps, { changes: [deleteFrom(operationEvents).where(old)], events: [] });
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
