import { sql } from 'drizzle-orm';
import type { AuditDraft } from '#core/audit.ts';
import { type Change, insertInto } from '#db/change.ts';
import { type KeptEvent, operationEvents } from '#db/schema/index.ts';
import { type Template, template } from '#db/template.ts';
import type { Committed, Doorbell, Unit } from '#db/store.ts';
import type { Deps } from './deps.ts';
import type { Context } from './http/env.ts';
import { anyDoorbell } from './notifier.ts';

/**
 * The one way to write: commits, then rings for what has to be done and wakes who watches `touched` operations.
 * `counted` are doorbells that the changes themselves have counted: the first one of an operation that they make.
 */
export async function commit(
  deps: Deps,
  unit: Unit,
  touched: readonly string[] = [],
  counted: readonly Doorbell[] = [],
): Promise<Committed> {
  const committed = await deps.store.commit(unit);
  const bells = [...committed.doorbells, ...counted];
  deps.dispatch.ring(bells);
  deps.notifier.wake(bells.length > 0 ? [...touched, anyDoorbell] : touched);
  return committed;
}

/** The next event of an operation; its number is taken in the commit, so that writers need not agree on one before. */
export const nextEvent = (operation: string, at: string, body: KeptEvent): Change =>
  eventInsert({ operation, at, body });

const eventInsert: Template<OperationEventRow> = template(() =>
  insertInto(operationEvents).values({
    operation: sql.placeholder('operation'),
    id: sql`(select coalesce(max(${operationEvents.id}), 0) + 1 from ${operationEvents} where ${operationEvents.operation} = ${sql.placeholder('operation')})`,
    at: sql.placeholder('at'),
    body: sql.placeholder('body'),
  }),
);
type OperationEventRow = Pick<typeof operationEvents.$inferInsert, 'operation' | 'at' | 'body'>;

type Optional = 'cluster' | 'target' | 'operation' | 'reason' | 'details';

/** An audit event by whoever called, with what is left out as null. */
export const recordOf = (
  { caller }: Context,
  draft: Pick<AuditDraft, 'action' | 'outcome'> & Partial<Pick<AuditDraft, Optional>>,
): AuditDraft => ({
  actor: caller.actor,
  source: caller.source,
  cluster: null,
  target: null,
  operation: null,
  reason: null,
  details: {},
  ...draft,
});

/** Puts on record that somebody asked for what is so already: an act that changed nothing, and was answered well. */
export async function recordKept(
  ctx: Context,
  action: 'policy.kept' | 'person.role-kept',
  target: NonNullable<AuditDraft['target']>,
): Promise<void> {
  await commit(ctx.deps, { changes: [], events: [recordOf(ctx, { action, outcome: 'recorded', target })] });
}

/** Time as it is written everywhere: RFC 3339, UTC, milliseconds. */
export const timeOf = (ms: number): string => new Date(ms).toISOString();
