import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { Policy } from '#core/access/policy.ts';
import type { ApprovalState, Vote } from '#core/approval/approval.ts';
import type { HoldKind } from '#core/access/hold.ts';
import type { Risk } from '#core/plan.ts';
import { operations } from './operations.ts';
import { persons } from './persons.ts';

/** Policies that were in force; the highest number is. A row never changes. */
export const policies = sqliteTable('policies', {
  number: integer('number').primaryKey({ autoIncrement: true }),
  document: text('document', { mode: 'json' }).$type<Policy>().notNull(),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
});

/** The one decision on what an operation is about to do. `version` is compared and set by whoever changes it. */
export const approvals = sqliteTable(
  'approvals',
  {
    id: text('id').primaryKey(),
    operation: text('operation')
      .notNull()
      .unique()
      .references(() => operations.id),
    cluster: text('cluster').notNull(),
    /** Of the plan that is approved; another one needs another approval. */
    digest: text('digest').notNull(),
    risk: text('risk').$type<Risk>().notNull(),
    required: integer('required').notNull(),
    /** Persons who made the change, and so do not count. */
    makers: text('makers', { mode: 'json' }).$type<string[]>().notNull(),
    state: text('state').$type<ApprovalState>().notNull(),
    votes: text('votes', { mode: 'json' }).$type<Vote[]>().notNull(),
    version: integer('version').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    closedAt: text('closed_at'),
    closedBy: text('closed_by', { mode: 'json' }).$type<Actor>(),
    reason: text('reason'),
  },
  (table) => [index('approvals_state').on(table.state, table.expiresAt), index('approvals_digest').on(table.digest)],
);

/** Locks and freezes. `cluster` is a name, or `*` for all. */
export const holds = sqliteTable(
  'holds',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<HoldKind>().notNull(),
    cluster: text('cluster').notNull(),
    owner: text('owner')
      .notNull()
      .references(() => persons.id),
    ownerName: text('owner_name').notNull(),
    reason: text('reason').notNull(),
    /** The change that it protects, in words. */
    protects: text('protects'),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    remindedAt: text('reminded_at'),
    endedAt: text('ended_at'),
    endedBy: text('ended_by', { mode: 'json' }).$type<Actor>(),
  },
  (table) => [
    uniqueIndex('holds_one_of_a_kind')
      .on(table.kind, table.cluster)
      .where(sql`ended_at is null`),
  ],
);

/** Rights to act without approval in an emergency, each to be reviewed by another person. */
export const grants = sqliteTable(
  'break_glass_grants',
  {
    id: text('id').primaryKey(),
    person: text('person')
      .notNull()
      .references(() => persons.id),
    personName: text('person_name').notNull(),
    cluster: text('cluster').notNull(),
    reason: text('reason').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    endedAt: text('ended_at'),
    reviewedAt: text('reviewed_at'),
    reviewedBy: text('reviewed_by', { mode: 'json' }).$type<Actor>(),
    review: text('review'),
  },
  (table) => [
    // One at a time for each person: the next one only after another person has reviewed this one.
    uniqueIndex('break_glass_one_unreviewed')
      .on(table.person)
      .where(sql`reviewed_at is null`),
  ],
);
