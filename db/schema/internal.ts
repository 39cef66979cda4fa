import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Never holds a row: a trigger refuses each one by its name, which undoes the commit whose condition does not hold. */
export const guard = sqliteTable('guard', { name: text('name').notNull() });

/** Facts about the schema itself. `schema` is the number of the last migration. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});
