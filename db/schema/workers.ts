import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Workers that have asked for work. `id` is what a worker keeps on its disk. */
export const workers = sqliteTable('workers', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  firstSeenAt: text('first_seen_at').notNull(),
  lastSeenAt: text('last_seen_at').notNull(),
});
