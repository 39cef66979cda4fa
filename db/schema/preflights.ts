import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Preflight } from '#core/preflight.ts';
import { clusters } from './clusters.ts';
import { operations } from './operations.ts';

/** What each preflight found: of a cluster, of hosts that shall become one (no cluster), or as the start of an apply. */
export const preflights = sqliteTable(
  'preflights',
  {
    id: text('id').primaryKey(),
    cluster: text('cluster').references(() => clusters.name),
    operation: text('operation')
      .notNull()
      .references(() => operations.id),
    at: text('at').notNull(),
    preflight: text('preflight', { mode: 'json' }).$type<Preflight>().notNull(),
  },
  (table) => [
    index('preflights_cluster').on(table.cluster, table.id),
    index('preflights_operation').on(table.operation),
  ],
);
