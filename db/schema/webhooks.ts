import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { DeliveryState, SourceKind } from '#core/webhooks/contract.ts';
import type { WebhookFacts } from '#core/webhooks/facts/facts.ts';
import type { WebhookRule } from '#core/webhooks/rule.ts';

/** A secret that a sender signs with; `sealed` is core/sealing.ts. */
export interface SealedSecret {
  id: string;
  sealed: string;
  createdAt: string;
  expiresAt: string | null;
}

/** Who may send webhooks, and what they may cause. The id is the address; a removed one stays for its deliveries. */
export const webhookSources = sqliteTable(
  'webhook_sources',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind').$type<SourceKind>().notNull(),
    rules: text('rules', { mode: 'json' }).$type<WebhookRule[]>().notNull(),
    secrets: text('secrets', { mode: 'json' }).$type<SealedSecret[]>().notNull(),
    createdAt: text('created_at').notNull(),
    createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
    removedAt: text('removed_at'),
  },
  (table) => [
    uniqueIndex('webhook_sources_name')
      .on(table.name)
      .where(sql`removed_at is null`),
  ],
);

/** What came in. Of a body only its hash and the few plain words that a rule may look at are kept. */
export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    number: integer('number').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    source: text('source')
      .notNull()
      .references(() => webhookSources.id),
    senderId: text('sender_id'),
    bodySha256: text('body_sha256').notNull(),
    at: text('at').notNull(),
    state: text('state').$type<DeliveryState>().notNull(),
    why: text('why'),
    facts: text('facts', { mode: 'json' }).$type<WebhookFacts>(),
    command: text('command'),
    cluster: text('cluster'),
    operation: text('operation'),
    repeats: integer('repeats').notNull().default(0),
    replayOf: text('replay_of'),
  },
  (table) => [
    index('webhook_deliveries_at').on(table.at),
    // A delivery is taken once, by the sender's id and by its body: neither alone is signed by all senders.
    uniqueIndex('webhook_deliveries_sender_id')
      .on(table.source, table.senderId)
      .where(sql`sender_id is not null and replay_of is null and state in ('accepted', 'ignored')`),
    uniqueIndex('webhook_deliveries_body')
      .on(table.source, table.bodySha256)
      .where(sql`replay_of is null and state in ('accepted', 'ignored')`),
  ],
);
