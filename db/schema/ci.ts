import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { AddTrust } from '#core/ci/contract.ts';

/** Which runs of which CI are let in without a secret, and for what. */
export const ciTrusts = sqliteTable(
  'ci_trusts',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    issuer: text('issuer').notNull(),
    wanted: text('wanted', { mode: 'json' }).$type<AddTrust>().notNull(),
    createdAt: text('created_at').notNull(),
    createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
    removedAt: text('removed_at'),
  },
  (table) => [
    uniqueIndex('ci_trusts_name')
      .on(table.name)
      .where(sql`removed_at is null`),
    index('ci_trusts_issuer').on(table.issuer),
  ],
);

/** Tokens of CI that were exchanged: each once. Kept until they would not be good any more by themselves. */
export const ciTokensUsed = sqliteTable(
  'ci_tokens_used',
  {
    issuer: text('issuer').notNull(),
    jti: text('jti').notNull(),
    expiresMs: integer('expires_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.jti] }), index('ci_tokens_used_expires').on(table.expiresMs)],
);
