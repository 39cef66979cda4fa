import { sql } from 'drizzle-orm';
import { index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor, Role } from '#core/actor.ts';
import type { IdentityKind } from '#core/access/subject.ts';

/** Humans. However many identities one has, `id` is what approvals and the audit count. A removed one stays on record. */
export const persons = sqliteTable(
  'persons',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    createdAt: text('created_at').notNull(),
    /** The most that any identity of his may do, but for what a rule of the policy allows. */
    role: text('role').$type<Role>().notNull().default('viewer'),
    /** The person who added him; null for the first one. */
    createdBy: text('created_by'),
    removedAt: text('removed_at'),
  },
  (table) => [
    uniqueIndex('persons_name')
      .on(table.name)
      .where(sql`removed_at is null`),
  ],
);

/** Bearer tokens. `id` is the public part; of the secret only the SHA-256 in hex is kept. */
export const tokens = sqliteTable(
  'tokens',
  {
    id: text('id').primaryKey(),
    sha256: text('sha256').notNull().unique(),
    /** Null for the token of a worker, which is no person. */
    person: text('person').references(() => persons.id),
    /** Narrows what the person may do to what this role may do. */
    role: text('role').$type<Role>().notNull(),
    label: text('label').notNull(),
    createdAt: text('created_at').notNull(),
    lastUsedAt: text('last_used_at'),
    revokedAt: text('revoked_at'),
    expiresAt: text('expires_at'),
    /** Patterns of cluster names that it may be used for. */
    clusters: text('clusters', { mode: 'json' }).$type<string[]>().notNull().default(['*']),
    /** The person who made it. */
    createdBy: text('created_by'),
    /** Whom a token of CI stands for; it has no person, and is good for minutes. */
    ci: text('ci', { mode: 'json' }).$type<Extract<Actor, { kind: 'ci' }>>(),
    /** The word that stands in it, such as `prod`; null where none does, and for those made before it was kept. */
    env: text('env'),
    /** The token that it took the place of. */
    replaces: text('replaces'),
  },
  (table) => [index('tokens_person').on(table.person)],
);

/** Other ways by which a person is known: a Slack user, a subject of a CI system. Tokens are identities by themselves. */
export const identities = sqliteTable(
  'identities',
  {
    kind: text('kind').$type<Exclude<IdentityKind, 'token'>>().notNull(),
    /** As the other system has it: `T0123/U0456`, `repo:acme/shop:ref:refs/heads/main`. */
    externalId: text('external_id').notNull(),
    person: text('person')
      .notNull()
      .references(() => persons.id),
    createdAt: text('created_at').notNull(),
    createdBy: text('created_by'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.externalId] }), index('identities_person').on(table.person)],
);

/** What a person has to be told: a lock that was taken over, an approval that was skipped. A chat may carry them on. */
export const notices = sqliteTable(
  'notices',
  {
    id: text('id').primaryKey(),
    person: text('person')
      .notNull()
      .references(() => persons.id),
    at: text('at').notNull(),
    kind: text('kind').notNull(),
    message: text('message').notNull(),
    cluster: text('cluster'),
    operation: text('operation'),
    seenAt: text('seen_at'),
  },
  (table) => [index('notices_unseen').on(table.person, table.seenAt)],
);
