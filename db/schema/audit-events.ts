import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Actor, Source } from '#core/actor.ts';
import type { AuditDraft, AuditStream } from '#core/audit.ts';

/**
 * The chain. Only `commit` writes here: triggers refuse UPDATE, DELETE, and any sequence but the next.
 * `actor` and `details` hold the very RFC 8785 text that was hashed.
 */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    sequence: integer('sequence').primaryKey(),
    at: text('at').notNull(),
    action: text('action').notNull(),
    actor: text('actor', { mode: 'json' }).$type<Actor>().notNull(),
    /** `kind:id`, made by SQLite from `actor`, so that it cannot say something else than what was hashed. */
    actorId: text('actor_id').generatedAlwaysAs(
      sql`json_extract("actor", '$.kind') || ':' || coalesce(json_extract("actor", '$.person'), json_extract("actor", '$.worker'), json_extract("actor", '$.source'), json_extract("actor", '$.name'))`,
      { mode: 'virtual' },
    ),
    source: text('source').$type<Source>().notNull(),
    outcome: text('outcome').$type<AuditDraft['outcome']>().notNull(),
    cluster: text('cluster'),
    targetKind: text('target_kind'),
    targetId: text('target_id'),
    operation: text('operation'),
    reason: text('reason'),
    details: text('details', { mode: 'json' }).$type<AuditDraft['details']>().notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    // What people ask for, made by SQLite from what was hashed; see core/audit-query.
    actorName: text('actor_name').generatedAlwaysAs(sql`json_extract("actor", '$.name')`, { mode: 'virtual' }),
    host: text('host').generatedAlwaysAs(
      sql`case when "target_kind" = 'host' then "target_id" else json_extract("details", '$.host') end`,
      { mode: 'virtual' },
    ),
    plan: text('plan').generatedAlwaysAs(
      sql`case when "target_kind" = 'plan' then "target_id" else coalesce(json_extract("details", '$.digest'), json_extract("details", '$.plan')) end`,
      { mode: 'virtual' },
    ),
    risk: text('risk').generatedAlwaysAs(sql`json_extract("details", '$.risk')`, { mode: 'virtual' }),
    stream: text('stream')
      .$type<AuditStream>()
      .generatedAlwaysAs(
        sql`case when "outcome" in ('denied', 'refused') or "action" in ('audit.read', 'audit.exported', 'audit.verified') then 'access' else 'act' end`,
        { mode: 'virtual' },
      ),
  },
  // Each index ends with the rowid, which is `sequence`: a filtered page in order needs no sort.
  (table) => [
    index('audit_events_at').on(table.at),
    index('audit_events_action').on(table.action),
    index('audit_events_actor').on(table.actorId),
    index('audit_events_source').on(table.source),
    index('audit_events_outcome').on(table.outcome),
    index('audit_events_cluster').on(table.cluster),
    index('audit_events_target').on(table.targetKind, table.targetId),
    index('audit_events_operation').on(table.operation),
    index('audit_events_actor_name').on(table.actorName),
    index('audit_events_stream').on(table.stream),
    index('audit_events_host')
      .on(table.host)
      .where(sql`host is not null`),
    index('audit_events_plan')
      .on(table.plan)
      .where(sql`plan is not null`),
    index('audit_events_risk')
      .on(table.risk)
      .where(sql`risk is not null`),
    // Two fields that each have many events and together few.
    index('audit_events_cluster_action').on(table.cluster, table.action),
    index('audit_events_cluster_outcome').on(table.cluster, table.outcome),
    index('audit_events_cluster_risk')
      .on(table.cluster, table.risk)
      .where(sql`risk is not null`),
    index('audit_events_name_cluster').on(table.actorName, table.cluster),
    index('audit_events_name_action').on(table.actorName, table.action),
    index('audit_events_name_outcome').on(table.actorName, table.outcome),
  ],
);

/** Beginnings of the chain that were archived and taken away: the only events that the triggers let go. */
export const auditPrunes = sqliteTable('audit_prunes', {
  /** The last event that is not here any more, and its hash. */
  through: integer('through').primaryKey(),
  hash: text('hash').notNull(),
});
