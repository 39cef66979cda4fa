import { type AnySQLiteColumn, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { HostFacts } from '#core/observation.ts';
import { clusters } from './clusters.ts';

/** Machines that we reach by SSH. `key` is a name in the worker's config, never a key. */
export const hosts = sqliteTable(
  'hosts',
  {
    name: text('name').primaryKey(),
    address: text('address').notNull(),
    port: integer('port').notNull(),
    user: text('user').notNull(),
    key: text('key').notNull(),
    via: text('via').references((): AnySQLiteColumn => hosts.name),
    acceptNew: integer('accept_new', { mode: 'boolean' }).notNull(),
    cluster: text('cluster').references(() => clusters.name),
    /** Only workers with this label can reach it; null: every worker. */
    workerLabel: text('worker_label'),
    createdAt: text('created_at').notNull(),
  },
  (table) => [index('hosts_cluster').on(table.cluster)],
);

/** Pinned SSH host keys, one for each algorithm. */
export const hostKeys = sqliteTable(
  'host_keys',
  {
    host: text('host')
      .notNull()
      .references(() => hosts.name),
    algorithm: text('algorithm').notNull(),
    fingerprint: text('fingerprint').notNull(),
    pinnedAt: text('pinned_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.host, table.algorithm] })],
);

/** The last that was seen of a host. Old facts are never taken for present ones: look at `at`. */
export const hostFacts = sqliteTable('host_facts', {
  host: text('host')
    .primaryKey()
    .references(() => hosts.name),
  at: text('at').notNull(),
  facts: text('facts', { mode: 'json' }).$type<HostFacts>().notNull(),
});
