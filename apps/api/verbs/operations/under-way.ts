import { and, eq, notInArray, type SQL, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isFinished, operationStates } from '#core/operation.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

const finished = operationStates.filter(isFinished);

/** Applies of this very plan: a second one could only find that the first has made it stale. */
export const appliesPlan = (cluster: string, digest: string): SQL | undefined =>
  and(
    eq(operations.cluster, cluster),
    eq(operations.kind, 'apply'),
    sql`json_extract(${operations.request}, '$.digest') = ${digest}`,
  );

/** Retries of this operation. */
export const retries = (id: string): SQL | undefined => eq(operations.retryOf, id);

/**
 * Nothing of the kind is under way, also not in the commit: a button that is clicked twice, or a request that comes again
 * under another key, is one operation. @throws AppError `conflict` that names the one that there is
 */
export async function onlyOne(read: Reader, what: SQL | undefined, sentence: string): Promise<Guard> {
  const isOpen = and(what, notInArray(operations.state, finished));
  const [other] = await read
    .select({ id: operations.id, state: operations.state, actor: operations.actor })
    .from(operations)
    .where(isOpen)
    .limit(1);
  if (other !== undefined) throw underWay(`${sentence} already: ${other.id} by ${other.actor.name} is ${other.state}`);
  const query = read.select({ id: operations.id }).from(operations).where(isOpen);
  return noRow('nothing of the kind is under way', query, () => underWay(`${sentence} already`));
}

const underWay = (message: string): AppError =>
  new AppError('conflict', message, {
    done: 'Nothing more was started.',
    next: 'Follow that one, or cancel it first.',
  });
