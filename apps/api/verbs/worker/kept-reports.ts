import { and, desc, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import { newId } from '#core/ids.ts';
import type { Preflight } from '#core/preflight.ts';
import {
  type Report,
  reportOfPreflight,
  reportOfVerification,
  reportsKept,
  summaryOf,
  timePart,
} from '#core/reports/report.ts';
import type { Verification } from '#core/verification.ts';
import { type Change, deleteFrom, insertInto } from '#db/change.ts';
import { preflights, reports, verifications } from '#db/schema/index.ts';
import type { ReportWorld } from './report-world.ts';

/** A report that is kept, with its line in lists; those beyond the newest of its cluster go. */
interface Kept {
  id: string;
  changes: Change[];
}

/** What a verification found. One of no cluster is kept by nobody. */
export function keepVerification(world: ReportWorld, at: string, verification: Verification): Kept {
  const id = newId('ver', world.ctx.deps.nowMs());
  const { id: operation, cluster } = world.row;
  if (cluster === null) return { id, changes: [] };
  const row = { id, cluster, operation, at, verification };
  return {
    id,
    changes: [insertInto(verifications).values(row), ...listed(world, verifications, reportOfVerification(row))],
  };
}

/** What a preflight found, also of hosts that are in no cluster. */
export function keepPreflight(world: ReportWorld, at: string, preflight: Preflight): Kept {
  const id = newId('pre', world.ctx.deps.nowMs());
  const { id: operation, cluster } = world.row;
  const row = { id, cluster, operation, at, preflight };
  return { id, changes: [insertInto(preflights).values(row), ...listed(world, preflights, reportOfPreflight(row))] };
}

/** Its line in lists; and what is older than the newest that are kept goes, by ids, which sort by time within a kind. */
function listed({ ctx }: ReportWorld, table: typeof verifications | typeof preflights, report: Report): Change[] {
  const { id, cluster } = report;
  const line = insertInto(reports).values({ id, cluster, time: timePart(id), summary: summaryOf(report) });
  const { read } = ctx.deps.store;
  const own = cluster === null ? isNull(table.cluster) : eq(table.cluster, cluster);
  const oldest = read
    .select({ id: table.id })
    .from(table)
    .where(own)
    .orderBy(desc(table.id))
    .limit(1)
    .offset(reportsKept);
  const kind = table === verifications ? 'ver_' : 'pre_';
  const ownLine = cluster === null ? isNull(reports.cluster) : eq(reports.cluster, cluster);
  return [
    line,
    deleteFrom(reports).where(and(ownLine, gt(reports.id, kind), lte(reports.id, sql`(${oldest})`))),
    deleteFrom(table).where(and(own, lte(table.id, sql`(${oldest})`))),
  ];
}
