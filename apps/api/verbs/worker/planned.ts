import { and, eq, isNotNull, isNull, ne, not, sql } from 'drizzle-orm';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import type { Observation } from '#core/observation.ts';
import type { OperationError } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import { maskPlan } from '#core/masking.ts';
import { isTakenDown } from '#core/spec/taken-down.ts';
import { type Change, insertInto, insertRows, update } from '#db/change.ts';
import { type Guard, noRow, someRow } from '#db/guard.ts';
import { clusters, hosts, operations, plans, revisions, steps } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { nextEvent, recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';
import { stillApplies, type Target } from '../clusters/target.ts';
import { endingOf } from '../operations/ending.ts';
import type { Pass } from './pass.ts';
import { type Held, stillHeld } from './held.ts';
import { alarmsOfObservation, factsOfObservation } from './observed.ts';

/** An observation with the operation it was made for. */
export interface Seen {
  held: Held;
  row: OperationRow;
  observation: Observation;
}

/** The operation ends with nothing changed. A plan that was made all the same is kept, to be looked at. */
export async function refusedUnit(
  ctx: Context,
  seen: Seen,
  error: OperationError,
  state: 'blocked' | 'failed',
  plan: Plan | null = null,
): Promise<Unit> {
  const at = timeOf(ctx.deps.nowMs());
  const ending = error.code === 'cancelled' ? 'cancelled' : state;
  const { changes, events, dispatch } = await endingOf(ctx, seen.row, { state: ending, error }, at);
  return {
    expects: [stillHeld(ctx.deps.store.read, seen.held)],
    changes: [
      ...(await factsOfObservation(ctx, seen.observation)),
      ...(plan === null ? [] : [keptPlan(plan, at), madePlan(seen.row, plan)]),
      ...changes,
    ],
    events: [...alarmsOfObservation(ctx, seen), ...events],
    dispatch,
  };
}

/** For an operation that only plans: the plan is kept, and what was chosen for `auto` stays with the revision. */
export async function plannedUnit(ctx: Context, seen: Seen, target: Target, plan: Plan): Promise<Unit> {
  const at = timeOf(ctx.deps.nowMs());
  return {
    expects: [stillHeld(ctx.deps.store.read, seen.held)],
    changes: [
      ...(await factsOfObservation(ctx, seen.observation)),
      keptPlan(plan, at),
      madePlan(seen.row, plan),
      decisionsKept(target, plan),
      nextEvent(seen.row.id, at, { type: 'planned', plan: maskPlan(plan) }),
    ],
    events: alarmsOfObservation(ctx, seen),
  };
}

/** For an apply: the plan is accepted, its revision becomes current, its hosts belong to the cluster, its steps wait. */
export async function acceptedUnit(
  ctx: Context,
  seen: Seen,
  { target, plan, pass }: { target: Target; plan: Plan; pass: Pass },
): Promise<Unit> {
  const { read } = ctx.deps.store;
  const at = timeOf(ctx.deps.nowMs());
  const { row, held, observation } = seen;
  const { cluster, revision } = target;
  return {
    expects: [
      stillHeld(read, held),
      notPlannedYet(ctx, row),
      stillApplies(read, target),
      noRow(
        'no host belongs to another cluster',
        read
          .select({ name: hosts.name })
          .from(hosts)
          .where(and(isNodeOf(revision), isNotNull(hosts.cluster), ne(hosts.cluster, cluster.name))),
      ),
      ...pass.expects,
    ],
    changes: [
      ...(await factsOfObservation(ctx, observation)),
      keptPlan(plan, at),
      ...becomesCurrent(target, plan),
      ...membership(target, plan),
      update(operations)
        .set({ planDigest: plan.digest, acceptedPlanDigest: plan.digest })
        .where(eq(operations.id, row.id)),
      ...insertRows(
        steps,
        plan.steps.map((step, position) => ({
          operation: row.id,
          id: step.id,
          position,
          step,
          state: 'waiting' as const,
        })),
      ),
      nextEvent(row.id, at, { type: 'planned', plan: maskPlan(plan) }),
      ...pass.changes,
    ],
    events: [
      ...alarmsOfObservation(ctx, seen),
      ...pass.events,
      ...(cluster.mode === 'adopted' ? [takenOverRecord(ctx, seen, target)] : []),
      recordOf(ctx, {
        action: 'plan.accepted',
        outcome: 'recorded',
        cluster: cluster.name,
        target: { kind: 'plan', id: plan.digest },
        operation: row.id,
        details: { base: plan.base, revision: plan.revision, steps: plan.steps.length, risk: plan.risk },
      }),
    ],
  };
}

const takenOverRecord = (ctx: Context, { row }: Seen, { cluster, revision }: Target): AuditDraft =>
  recordOf(ctx, {
    action: 'cluster.taken-over',
    outcome: 'recorded',
    cluster: cluster.name,
    target: { kind: 'cluster', id: cluster.name },
    operation: row.id,
    reason: row.reason,
    details: { swarmId: cluster.swarmId, revision: revision.number },
  });

const isNodeOf = ({ spec }: Target['revision']) => isOneOf(Object.keys(spec.nodes));
const isOneOf = (names: readonly string[]) =>
  sql`${hosts.name} in (select value from json_each(${JSON.stringify(names)}))`;

/**
 * A host that is a node still is let go when its node is removed: until then a plan made anew has to find it. Those of a
 * cluster that is taken down are let go all together, when that is done.
 */
function membership({ cluster, revision }: Target, plan: Plan): Change[] {
  if (isTakenDown(revision.spec)) return [];
  const isNode = isNodeOf(revision);
  const leaves = isOneOf(plan.steps.flatMap((step) => (step.kind === 'remove-node' ? step.args.node : [])));
  return [
    update(hosts)
      .set({ cluster: null })
      .where(and(eq(hosts.cluster, cluster.name), not(isNode), not(leaves))),
    update(hosts).set({ cluster: cluster.name }).where(isNode),
  ];
}

const notPlannedYet = (ctx: Context, row: OperationRow): Guard =>
  someRow(
    'the operation has no plan yet',
    ctx.deps.store.read
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.id, row.id), isNull(operations.acceptedPlanDigest))),
    () => new AppError('conflict', `Operation ${row.id} was planned meanwhile`),
  );

/** The old revision steps down first: the database keeps one current revision for each cluster. */
function becomesCurrent({ cluster, revision }: Target, plan: Plan): Change[] {
  const current = { state: 'current' as const, decisions: plan.decisions };
  const stepsDown = and(
    eq(revisions.cluster, cluster.name),
    // In the very words of its index: SQLite does not know what a parameter is.
    sql`${revisions.state} = 'current'`,
    ne(revisions.number, revision.number),
  );
  return [
    update(revisions).set({ state: 'superseded' }).where(stepsDown),
    update(revisions).set(current).where(isRevision(revision)),
    update(clusters)
      .set({ currentRevision: revision.number, ...(cluster.mode === 'adopted' ? takenOver : {}) })
      .where(eq(clusters.name, cluster.name)),
  ];
}

/** From now on it is changed from here, as any other. */
const takenOver = { mode: 'managed' as const, adoption: null };

const isRevision = ({ cluster, number }: Target['revision']) =>
  and(eq(revisions.cluster, cluster), eq(revisions.number, number));

/**
 * The plan made anew is as good as the first time: it may be applied from now on for as long as any plan. What is no
 * part of the digest, its warnings, is as it was seen now.
 */
export const keptPlan = (plan: Plan, createdAt: string): Change =>
  insertInto(plans)
    .values({ digest: plan.digest, cluster: plan.cluster, base: plan.base, revision: plan.revision, plan, createdAt })
    .onConflictDoUpdate({ target: plans.digest, set: { createdAt, plan } });

/** What was chosen for `auto` stays with the revision; not over what an apply has chosen meanwhile, which runs. */
export const decisionsKept = ({ revision }: Target, plan: Plan): Change =>
  update(revisions)
    .set({ decisions: plan.decisions })
    .where(and(isRevision(revision), eq(revisions.decisions, revision.decisions)));

const madePlan = (row: OperationRow, plan: Plan): Change =>
  update(operations).set({ planDigest: plan.digest }).where(eq(operations.id, row.id));
