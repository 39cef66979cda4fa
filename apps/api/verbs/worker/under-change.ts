import { and, desc, eq, gte, inArray, or } from 'drizzle-orm';
import { isChanging, operationKinds, type OperationError } from '#core/operation.ts';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { OperationRow } from '../../views/operation.ts';

const changingKinds = operationKinds.filter((kind) => isChanging(kind));

/**
 * A plan is made beside a change of the same cluster, and may see hosts that are half-way: joining, or without the
 * network that comes next. What such a look refuses is no fault of the spec, and is told as what it is: `busy`.
 * Gives the refusal as it is when nothing has changed the cluster since the plan's operation began.
 */
export async function refusalUnderChange(
  read: Reader,
  row: Pick<OperationRow, 'kind' | 'cluster' | 'startedAt'>,
  refusal: OperationError,
): Promise<OperationError> {
  if (row.kind !== 'plan' || row.cluster === null) return refusal;
  const [change] = await read
    .select({ id: operations.id, kind: operations.kind })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, row.cluster),
        inArray(operations.kind, changingKinds),
        or(eq(operations.state, 'running'), gte(operations.endedAt, row.startedAt ?? '')),
      ),
    )
    .orderBy(desc(operations.number))
    .limit(1);
  if (change === undefined) return refusal;
  const { id, kind } = change;
  return {
    code: 'busy',
    message: `The operation ${id} (${kind}) was changing ${row.cluster} at that moment, and what was seen half-way makes no plan: ${refusal.message}`,
    done: 'Nothing was changed on any host by this plan.',
    next: `Wait for it with \`flotilla ops watch ${id}\`, then plan again.`,
    ...(refusal.host === undefined ? {} : { host: refusal.host }),
  };
}
