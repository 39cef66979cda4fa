import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ReportSummary } from '#core/reports/report.ts';
import { clusters } from './clusters.ts';

/**
 * A line for each verification and preflight that is kept. What they found is some megabytes where there are many hosts,
 * which no list may read.
 */
export const reports = sqliteTable(
  'reports',
  {
    /** That of the verification or the preflight. */
    id: text('id').primaryKey(),
    cluster: text('cluster').references(() => clusters.name),
    /** The id without its prefix, which sorts both kinds by time. */
    time: text('time').notNull(),
    summary: text('summary', { mode: 'json' }).$type<ReportSummary>().notNull(),
  },
  (table) => [index('reports_cluster').on(table.cluster, table.time)],
);
