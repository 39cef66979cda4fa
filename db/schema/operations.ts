import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import type { OperationError, OperationKind, OperationRequest, OperationState } from '#core/operation.ts';
import type { Outcome, Step } from '#core/step.ts';
import type { OperationEvent, StepView } from '#core/wire.ts';
import type { Origin } from '#core/worker-wire.ts';
import { clusters, plans } from './clusters.ts';

/** Requests that run a plan, a check or a verification, with the lease of the worker that runs them. */
export const operations = sqliteTable(
  'operations',
  {
    /** The order in which operations were accepted: who is oldest, and the cursor of lists. Numbered by SQLite. */
    number: integer('number').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    kind: text('kind').$type<OperationKind>().notNull(),
    cluster: text('cluster').references(() => clusters.name),
    state: text('state').$type<OperationState>().notNull(),
    request: text('request', { mode: 'json' }).$type<OperationRequest>().notNull(),
    actor: text('actor', { mode: 'json' }).$type<Actor>().notNull(),
    reason: text('reason'),
    /** The plan that was made for it, and the one that it was allowed to run. */
    planDigest: text('plan_digest').references(() => plans.digest),
    acceptedPlanDigest: text('accepted_plan_digest').references(() => plans.digest),
    error: text('error', { mode: 'json' }).$type<OperationError>(),
    result: text('result', { mode: 'json' }).$type<unknown>(),
    cancelRequested: integer('cancel_requested', { mode: 'boolean' }).notNull().default(false),
    retryOf: text('retry_of'),
    createdAt: text('created_at').notNull(),
    startedAt: text('started_at'),
    endedAt: text('ended_at'),
    /** Grows by one with each lease. */
    fence: integer('fence').notNull().default(0),
    leaseHolder: text('lease_holder'),
    /** Wall clock of the API in milliseconds since the epoch. */
    leaseExpiresMs: integer('lease_expires_ms'),
    leaseRenewedMs: integer('lease_renewed_ms'),
    /** Grows by one with each doorbell; the store counts it (`dispatch` of a commit). */
    dispatchNumber: integer('dispatch_number').notNull().default(0),
    /** Sequence number of the last report that was taken in; 0 before the first. */
    lastReport: integer('last_report').notNull().default(0),
    /** The break-glass grant that was in force when it was asked for. */
    breakGlass: text('break_glass'),
    /** The request that asked for it, by which logs and traces of API and worker find together. */
    origin: text('origin', { mode: 'json' }).$type<Origin>(),
  },
  (table) => [
    // With the number that SQLite puts behind it: what a cluster's list is read by.
    index('operations_cluster').on(table.cluster),
    index('operations_cluster_state').on(table.cluster, table.state),
    index('operations_state').on(table.state),
    index('operations_kind').on(table.kind),
    // What DESIGN calls "one at a time", kept by the database even if a guard is forgotten.
    uniqueIndex('operations_one_change')
      .on(table.cluster)
      .where(sql`state = 'running' and kind in ('apply', 'restart-engine', 'clean-host', 'pin-host', 'set-host')`),
  ],
);

/** The ledger: the steps of an operation's accepted plan, in their order. */
export const steps = sqliteTable(
  'steps',
  {
    operation: text('operation')
      .notNull()
      .references(() => operations.id),
    id: text('id').notNull(),
    position: integer('position').notNull(),
    step: text('step', { mode: 'json' }).$type<Step>().notNull(),
    state: text('state').$type<StepView['state']>().notNull(),
    outcome: text('outcome', { mode: 'json' }).$type<Outcome>(),
    ms: integer('ms'),
  },
  (table) => [primaryKey({ columns: [table.operation, table.id] })],
);

/** The report of a verification or a preflight stands by its id: it may be a megabyte, and has a table of its own. */
export type KeptEvent = OperationEvent['body'] | { type: 'report'; kind: 'verification' | 'preflight'; id: string };

/** What people watch while an operation runs; `id` grows by one within the operation. */
export const operationEvents = sqliteTable(
  'operation_events',
  {
    operation: text('operation')
      .notNull()
      .references(() => operations.id),
    id: integer('id').notNull(),
    at: text('at').notNull(),
    body: text('body', { mode: 'json' }).$type<KeptEvent>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.operation, table.id] }),
    // Each view of an operation asks for its plan; it may have thousands of others.
    index('operation_events_planned')
      .on(table.operation, table.id)
      .where(sql`json_extract(body, '$.type') = 'planned'`),
  ],
);
