import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Verification } from '#core/verification.ts';
import { clusters } from './clusters.ts';
import { operations } from './operations.ts';

/** What each verification of a cluster found. */
export const verifications = sqliteTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    cluster: text('cluster')
      .notNull()
      .references(() => clusters.name),
    operation: text('operation')
      .notNull()
      .references(() => operations.id),
    at: text('at').notNull(),
    verification: text('verification', { mode: 'json' }).$type<Verification>().notNull(),
  },
  (table) => [
    index('verifications_cluster').on(table.cluster, table.id),
    index('verifications_operation').on(table.operation),
  ],
);
