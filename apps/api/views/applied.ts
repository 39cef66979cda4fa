import { and, between, desc, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type Applied = 'whole' | 'in-part';

/** The revision that an apply carried out whole last before this operation: what there is to go back to; null for none. */
export async function wholeBefore(
  read: Reader,
  { cluster, number }: Pick<typeof operations.$inferSelect, 'cluster' | 'number'>,
): Promise<number | null> {
  if (cluster === null) return null;
  const [last] = await read
    .select({ request: operations.request })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, cluster),
        eq(operations.state, 'succeeded'),
        eq(operations.kind, 'apply'),
        lt(operations.number, number),
      ),
    )
    .orderBy(desc(operations.number))
    .limit(1);
  return last?.request.kind === 'apply' ? last.request.revision : null;
}

/** How far each of these revisions came: to its end once, or never; those that nobody applied are left out. */
export async function appliedOf(
  read: Reader,
  cluster: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Applied>> {
  if (numbers.length === 0) return new Map();
  const rows = await read
    .select({ request: operations.request, state: operations.state })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, cluster),
        inArray(operations.state, ['succeeded', 'failed', 'cancelled']),
        eq(operations.kind, 'apply'),
        isNotNull(operations.acceptedPlanDigest),
        between(sql`json_extract(${operations.request}, '$.revision')`, Math.min(...numbers), Math.max(...numbers)),
      ),
    );
  const applied = new Map<number, Applied>();
  for (const { request, state } of rows) {
    if (request.kind !== 'apply' || applied.get(request.revision) === 'whole') continue;
    applied.set(request.revision, state === 'succeeded' ? 'whole' : 'in-part');
  }
  return applied;
}
