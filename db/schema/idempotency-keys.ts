import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Answers to requests that carried an Idempotency-Key, kept to be given again. Never one with a secret in it. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** Public id of the token: keys of two principals never meet. */
    principal: text('principal').notNull(),
    key: text('key').notNull(),
    /** SHA-256 over method, path and body of the first request. */
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    location: text('location'),
    /** The answer as it was sent; null when it held a secret and was not kept. */
    body: text('body'),
    createdMs: integer('created_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.key] }),
    index('idempotency_keys_created').on(table.createdMs),
  ],
);
