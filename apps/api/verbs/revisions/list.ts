import { and, desc, eq, lt } from 'drizzle-orm';
import type { RevisionSummary } from '#core/revision-summary.ts';
import { revisions } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { numberOfCursor, pageOfRows } from '../../http/page.ts';
import { appliedOf } from '../../views/applied.ts';
import { clusterRow } from '../../views/cluster.ts';

export interface ListRevisions {
  cluster: string;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first, without what they say: each spec may carry half a megabyte of configs. @throws AppError `not_found` */
export async function listRevisions({
  ctx,
  input,
}: Call<ListRevisions>): Promise<{ items: RevisionSummary[]; next: string | null }> {
  await authorise(ctx, 'read', input.cluster);
  const { read } = ctx.deps.store;
  await clusterRow(read, input.cluster);
  const before = numberOfCursor(input.cursor);
  const rows = await read
    .select(columns)
    .from(revisions)
    .where(and(eq(revisions.cluster, input.cluster), before === null ? undefined : lt(revisions.number, before)))
    .orderBy(desc(revisions.number))
    .limit(input.limit + 1);
  const numbers = rows.map(({ number }) => number);
  const applied = await appliedOf(read, input.cluster, numbers);
  return pageOfRows(
    rows,
    input.limit,
    (row) => row.number,
    (row) => ({ ...row, createdBy: row.createdBy.name, applied: applied.get(row.number) ?? null }),
  );
}

const { cluster, number, base, state, origin, createdBy, createdAt } = revisions;
const columns = { cluster, number, base, state, origin, createdBy, createdAt };
