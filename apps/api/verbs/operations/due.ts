import { asc, desc, eq, inArray } from 'drizzle-orm';
import { takesTurn, turnStates } from '#core/operation.ts';
import type { Reader } from '#db/reader.ts';
import { operations } from '#db/schema/index.ts';

/** Queued and its turn, or running with a lease that has run out by `nowMs`. */
export async function dueOperations(read: Reader, nowMs: number) {
  const open = await read
    .select({
      id: operations.id,
      kind: operations.kind,
      cluster: operations.cluster,
      state: operations.state,
      leaseExpiresMs: operations.leaseExpiresMs,
      dispatchNumber: operations.dispatchNumber,
    })
    .from(operations)
    .where(inArray(operations.state, turnStates))
    // What runs has its turn, also before one that waited for approval and is older.
    .orderBy(desc(eq(operations.state, 'running')), asc(operations.number));
  const taken = new Set<string>();
  return open.filter(({ kind, cluster, state, leaseExpiresMs }) => {
    const waits = cluster !== null && takesTurn(kind);
    const isFirst = !waits || !taken.has(cluster);
    if (waits) taken.add(cluster);
    return isFirst && (state === 'queued' || (leaseExpiresMs ?? 0) < nowMs);
  });
}
