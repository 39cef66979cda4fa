import { and, asc, eq, inArray, lt, ne, or } from 'drizzle-orm';
import { operationKinds, operationStates, isFinished, takesTurn, turnStates } from '#core/operation.ts';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { OperationRow } from '../../views/operation.ts';

/*
 * One at a time: a cluster's turn-taking operations run in the order in which they were accepted. What awaits approval
 * has no turn; once approved it comes before what was accepted later, but for what runs by then.
 */

const turnKinds = operationKinds.filter((kind) => takesTurn(kind));
export const openStates = operationStates.filter((state) => !isFinished(state));

/** Query for the operations that stand before this one; none when it is its turn, or when it takes none. */
export const before = (read: Reader, { number, kind, cluster }: Pick<OperationRow, 'number' | 'kind' | 'cluster'>) =>
  read
    .select({ id: operations.id })
    .from(operations)
    .where(
      and(
        // An operation without a cluster, or of a kind that may run beside others, has nothing before it.
        eq(operations.cluster, takesTurn(kind) ? (cluster ?? '') : ''),
        inArray(operations.kind, turnKinds),
        or(
          and(eq(operations.state, 'running'), ne(operations.number, number)),
          and(eq(operations.state, 'queued'), lt(operations.number, number)),
        ),
      ),
    )
    .orderBy(asc(operations.number));

/** The operation of the cluster to ring for once `ended` is over; null when none waits, or `ended` held up nobody. */
export async function nextAfter(read: Reader, ended: OperationRow): Promise<string | null> {
  if (ended.cluster === null || !takesTurn(ended.kind)) return null;
  const rows = await read
    .select({ id: operations.id, number: operations.number, state: operations.state })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, ended.cluster),
        inArray(operations.kind, turnKinds),
        inArray(operations.state, turnStates),
      ),
    )
    .orderBy(asc(operations.number))
    .limit(2);
  const next = rows.find(({ id }) => id !== ended.id);
  return next?.state === 'queued' ? next.id : null;
}
