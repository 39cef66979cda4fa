import { and, desc, eq, lt, sql } from 'drizzle-orm';
import {
  type Report,
  reportOfPreflight,
  reportOfVerification,
  type ReportSummary,
  summaryOf,
} from '#core/reports/report.ts';
import { preflights, verifications } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

export interface ListReports {
  cluster: string;
  cursor?: string | undefined;
  limit: number;
}

/** Verifications and preflights of a cluster, newest first. @throws AppError `not_found` */
export async function listReports({
  ctx,
  input,
}: Call<ListReports>): Promise<{ items: ReportSummary[]; next: string | null }> {
  await authorise(ctx, 'read', input.cluster);
  await clusterRow(ctx.deps.store.read, input.cluster);
  const rows = await newestReports(ctx.deps.store.read, { ...input, limit: input.limit + 1 });
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  return {
    items: items.map((report) => summaryOf(report)),
    next: rows.length > items.length && last !== undefined ? timePart(last.id) : null,
  };
}

/** An id without its prefix: it sorts by time, whatever the kind. */
const timePart = (id: string): string => id.slice(id.indexOf('_') + 1);

/** Reports of both kinds, newest first. The cursor is what `timePart` gives of the last one before. */
export async function newestReports(read: Reader, { cluster, cursor, limit }: ListReports): Promise<Report[]> {
  const older = (table: typeof verifications | typeof preflights) =>
    and(
      eq(table.cluster, cluster),
      cursor === undefined ? undefined : lt(sql`substr(${table.id}, instr(${table.id}, '_') + 1)`, cursor),
    );
  const [verified, looked] = await Promise.all([
    read.select().from(verifications).where(older(verifications)).orderBy(desc(verifications.id)).limit(limit),
    read.select().from(preflights).where(older(preflights)).orderBy(desc(preflights.id)).limit(limit),
  ]);
  return [...verified.map(reportOfVerification), ...looked.map(reportOfPreflight)]
    .toSorted((a, b) => (timePart(a.id) < timePart(b.id) ? 1 : -1))
    .slice(0, limit);
}
