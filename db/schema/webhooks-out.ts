import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { OutEventType, OutMessageState } from '#core/webhooks/out/contract.ts';
import type { SealedSecret } from './webhooks.ts';

/** Who is told of events. Its keys are ed25519, the private halves sealed. */
export const webhookTargets = sqliteTable(
  'webhook_targets',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    events: text('events', { mode: 'json' }).$type<OutEventType[]>().notNull(),
    /** Patterns of cluster names. */
    clusters: text('clusters', { mode: 'json' }).$type<string[]>().notNull(),
    allowPrivate: integer('allow_private', { mode: 'boolean' }).notNull(),
    keys: text('keys', { mode: 'json' }).$type<TargetKey[]>().notNull(),
    createdAt: text('created_at').notNull(),
    createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
    /** The last event of an operation that was looked at for it: a number of the record. */
    seen: integer('seen').notNull(),
    /** Set by an answer of 410. */
    disabledAt: text('disabled_at'),
    removedAt: text('removed_at'),
  },
  (table) => [
    uniqueIndex('webhook_targets_name')
      .on(table.name)
      .where(sql`removed_at is null`),
  ],
);

export interface TargetKey extends SealedSecret {
  /** `whpk_…` */
  publicKey: string;
}

/** What has to be told: one row for each event and target; the id is the same in every attempt. */
export const webhookMessages = sqliteTable(
  'webhook_messages',
  {
    number: integer('number').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    target: text('target')
      .notNull()
      .references(() => webhookTargets.id),
    /** The event of the record that it tells of. */
    sequence: integer('sequence').notNull(),
    type: text('type').$type<OutEventType>().notNull(),
    body: text('body').notNull(),
    state: text('state').$type<OutMessageState>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Wall clock in milliseconds since the epoch. */
    dueMs: integer('due_ms').notNull(),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    createdAt: text('created_at').notNull(),
    endedAt: text('ended_at'),
  },
  (table) => [
    index('webhook_messages_due').on(table.state, table.dueMs),
    uniqueIndex('webhook_messages_once').on(table.target, table.sequence),
  ],
);
