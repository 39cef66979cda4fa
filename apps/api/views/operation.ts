import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import { maskPlan, maskStep } from '#core/masking.ts';
import type { OperationView, StepView } from '#core/wire.ts';
import { operationEvents, operations, plans, steps } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { wholeBefore } from './applied.ts';
import { approvalOf } from './approval.ts';

export type OperationRow = typeof operations.$inferSelect;

/** @throws AppError `not_found` */
export async function operationRow(read: Reader, id: string): Promise<OperationRow> {
  const row = await read.query.operations.findFirst({ where: eq(operations.id, id) });
  if (row === undefined) {
    throw new AppError('not_found', `There is no operation ${id}`, { next: 'List them with `flotilla ops ls`.' });
  }
  return row;
}

export const operationOf = (row: OperationRow): Operation => ({
  id: row.id,
  kind: row.kind,
  cluster: row.cluster,
  state: row.state,
  request: row.request,
  actor: row.actor,
  reason: row.reason,
  planDigest: row.planDigest,
  error: row.error,
  result: row.result,
  cancelRequested: row.cancelRequested,
  retryOf: row.retryOf,
  createdAt: row.createdAt,
  startedAt: row.startedAt,
  endedAt: row.endedAt,
});

/** What people see of an operation: with its ledger and its plan, environment values masked. */
export async function operationViewOf(read: Reader, row: OperationRow): Promise<OperationView> {
  const [ledger, plan, approval, whole] = await Promise.all([
    ledgerOf(read, row.id),
    seenPlanOf(read, row),
    approvalOf(read, row.id),
    row.kind === 'apply' ? wholeBefore(read, row) : null,
  ]);
  return {
    ...operationOf(row),
    steps: ledger.map((one) => ({ ...one, step: maskStep(one.step) })),
    plan: plan === null ? null : maskPlan(plan),
    approval,
    wholeBefore: whole,
  };
}

/** The plan of an operation with the warnings that it was made with: an equal plan of another time has its own. */
async function seenPlanOf(read: Reader, { id, planDigest }: OperationRow): Promise<Plan | null> {
  const plan = await planOf(read, planDigest);
  if (plan === null) return null;
  const [event] = await lastPlannedQuery(read, id);
  const told = event?.body.type === 'planned' ? event.body.plan : null;
  return told?.digest === plan.digest ? { ...plan, warnings: told.warnings } : plan;
}

/** The event that told of the plan last, by an index of such events: others may be thousands. */
export const lastPlannedQuery = (read: Reader, operation: string) =>
  read
    .select({ body: operationEvents.body })
    .from(operationEvents)
    .where(and(eq(operationEvents.operation, operation), sql`json_extract(body, '$.type') = 'planned'`))
    .orderBy(desc(operationEvents.id))
    .limit(1);

/** More than that are not asked for by their ids: a statement takes a hundred parameters. */
const namedMax = 90;

/** The steps of the accepted plan in their order, at least those of `only`; empty before there is one. */
export async function ledgerOf(read: Reader, operation: string, only?: ReadonlySet<string>): Promise<StepView[]> {
  const own = eq(steps.operation, operation);
  const some = only === undefined || only.size > namedMax ? own : and(own, inArray(steps.id, [...only]));
  const rows = await read.select().from(steps).where(some).orderBy(asc(steps.position));
  return rows.map(({ step, state, outcome, ms }) => ({ step, state, outcome, ms }));
}

/** A stored plan, unmasked: for workers and for the app itself. */
export const planOf = async (read: Reader, digest: string | null): Promise<Plan | null> =>
  digest === null ? null : ((await madePlan(read, digest))?.plan ?? null);

/** A stored plan with when it was last made. */
export const madePlan = (read: Reader, digest: string): Promise<typeof plans.$inferSelect | undefined> =>
  read.query.plans.findFirst({ where: eq(plans.digest, digest) });
