import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import { clusters } from './clusters.ts';

/** Verifications that start by themselves: one schedule for each cluster at most. */
export const schedules = sqliteTable(
  'schedules',
  {
    cluster: text('cluster')
      .primaryKey()
      .references(() => clusters.name),
    everySeconds: integer('every_seconds').notNull(),
    /** When the next one is to start; wall clock of the API in milliseconds since the epoch. */
    dueMs: integer('due_ms').notNull(),
    /** The operation that it started last. */
    lastOperation: text('last_operation'),
    createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [index('schedules_due').on(table.dueMs)],
);
