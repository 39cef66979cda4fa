import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { Adoption } from '#core/adoption.ts';
import type { Decision, Plan } from '#core/plan.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { ClusterView, RevisionView } from '#core/wire.ts';

/** Named swarms. `nodes` maps the name of a host to its NodeID, as far as known. */
export const clusters = sqliteTable('clusters', {
  name: text('name').primaryKey(),
  swarmId: text('swarm_id'),
  nodes: text('nodes', { mode: 'json' }).$type<Record<string, string>>().notNull(),
  currentRevision: integer('current_revision'),
  createdAt: text('created_at').notNull(),
  /** `adopted`: somebody else formed the swarm, and we only look at it. */
  mode: text('mode').$type<ClusterView['mode']>().notNull().default('managed'),
  /** What was seen when it was adopted the last time; null for a managed one. */
  adoption: text('adoption', { mode: 'json' }).$type<Adoption>(),
});

/** Desired states of a cluster. At most one is current: the old one is superseded first, in the same commit. */
export const revisions = sqliteTable(
  'revisions',
  {
    cluster: text('cluster')
      .notNull()
      .references(() => clusters.name),
    number: integer('number').notNull(),
    base: integer('base'),
    state: text('state').$type<RevisionView['state']>().notNull(),
    spec: text('spec', { mode: 'json' }).$type<Spec>().notNull(),
    decisions: text('decisions', { mode: 'json' }).$type<Decision[]>().notNull(),
    origin: text('origin').notNull(),
    createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.cluster, table.number] }),
    uniqueIndex('revisions_one_current')
      .on(table.cluster)
      .where(sql`state = 'current'`),
  ],
);

/** Plans that were made, by digest; the same plan made twice is one row. */
export const plans = sqliteTable('plans', {
  digest: text('digest').primaryKey(),
  cluster: text('cluster')
    .notNull()
    .references(() => clusters.name),
  base: integer('base'),
  revision: integer('revision').notNull(),
  plan: text('plan', { mode: 'json' }).$type<Plan>().notNull(),
  createdAt: text('created_at').notNull(),
});
