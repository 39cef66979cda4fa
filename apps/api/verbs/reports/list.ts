import { and, desc, eq, lt } from 'drizzle-orm';
import { type ReportSummary, timePart } from '#core/reports/report.ts';
import { reports } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

export interface ListReports {
  cluster: string;
  /** What `timePart` gives of the last one before. */
  cursor?: string | undefined;
  limit: number;
}

/** Verifications and preflights of a cluster, newest first. @throws AppError `not_found` */
export async function listReports({
  ctx,
  input: { cluster, cursor, limit },
}: Call<ListReports>): Promise<{ items: ReportSummary[]; next: string | null }> {
  await authorise(ctx, 'read', cluster);
  const { read } = ctx.deps.store;
  await clusterRow(read, cluster);
  const rows = await read
    .select({ summary: reports.summary })
    .from(reports)
    .where(and(eq(reports.cluster, cluster), cursor === undefined ? undefined : lt(reports.time, cursor)))
    .orderBy(desc(reports.time))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(({ summary }) => summary);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? timePart(last.id) : null };
}
