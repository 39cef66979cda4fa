import { actOfPlan } from '#core/access/act.ts';
import { AppError } from '#core/errors.ts';
import { type Observation, observationSchema } from '#core/observation.ts';
import { planCluster } from '#core/plan/plan-cluster.ts';
import type { Plan } from '#core/plan.ts';
import type { LeftOut } from '#core/spec/compose/words.ts';
import type { Planned, PlanOrRefusal } from '#core/worker-wire.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import { commit } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { parsed } from '../../http/valid.ts';
import { clusterRow } from '../../views/cluster.ts';
import { hostsWhere } from '../../views/host.ts';
import { type OperationRow, planOf } from '../../views/operation.ts';
import { revisionRow } from '../../views/revision.ts';
import { checkHosts } from '../revisions/check-hosts.ts';
import { refusalOf, type Target } from '../clusters/target.ts';
import { whyNotInTurn } from '../webhooks/edit-in-turn.ts';
import { asWorker } from './as-worker.ts';
import { awaitingUnit } from './awaiting.ts';
import { gateOf } from './gate.ts';
import { type Held, heldOperation } from './held.ts';
import { leftUndone } from './left-undone.ts';
import { acceptedUnit, plannedUnit, refusedUnit, type Seen } from './planned.ts';
import { refusalUnderChange } from './under-change.ts';
import { isUnproved } from './unproved.ts';

export type TakeObservation = Held & { observation: unknown };

/** An observation that was sent twice at once loses the race and is answered from what the other one wrote. */
const triesMax = 3;

/**
 * Plans an operation on what its worker saw. For an apply this is the moment in which the plan is accepted: staleness
 * is checked here and never again. A refusal ends the operation with nothing changed. A repeat gets the same plan.
 * @throws AppError `not_found`, `stale_fence`, `invalid_input`
 */
export async function takeObservation({ ctx: tokenCtx, input }: Call<TakeObservation>): Promise<Planned> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  const observation = parsed(observationSchema, input.observation, 'observation');
  for (let attempt = 1; ; attempt++) {
    const row = await heldOperation(ctx.deps.store.read, input);
    const given = await givenPlan(ctx, row);
    if (given !== null) return { kind: 'planned', plan: given };
    try {
      return await decide(ctx, { held: input, row, observation });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || attempt === triesMax) throw error;
    }
  }
}

const givenPlan = async (ctx: Context, row: OperationRow): Promise<Plan | null> =>
  await planOf(ctx.deps.store.read, row.kind === 'plan' ? row.planDigest : row.acceptedPlanDigest);

async function decide(ctx: Context, seen: Seen): Promise<Planned> {
  const target = await targetOfOperation(ctx, seen.row);
  const planned = await planFor(ctx, seen.row, target, seen.observation);
  if (planned.kind === 'refused') {
    await commit(ctx.deps, await refusedUnit(ctx, seen, planned.error, 'blocked'), [seen.row.id]);
    return planned;
  }
  const { plan } = planned;
  const { request } = seen.row;
  if (request.kind === 'apply') return await accept(ctx, seen, { target, plan, digest: request.digest });
  await commit(ctx.deps, await plannedUnit(ctx, seen, target, plan), [seen.row.id]);
  return planned;
}

interface Applied {
  target: Target;
  plan: Plan;
  /** Of the plan that was seen; null plans and applies at once. */
  digest: string | null;
}

/** Accepts the plan of an apply where it is the one that was seen, nothing holds it back and it is approved. */
async function accept(ctx: Context, seen: Seen, { target, plan, digest }: Applied): Promise<Planned> {
  const touched = [seen.row.id];
  const stale = digest === null || digest === plan.digest ? null : staleError(digest, plan);
  const gate =
    stale === null ? await gateOf(ctx, seen.row, actOfPlan(plan)) : ({ kind: 'refused', error: stale } as const);
  if (gate.kind === 'refused') {
    const state = gate.error.code === 'plan_stale' ? 'failed' : 'blocked';
    await commit(ctx.deps, await refusedUnit(ctx, seen, gate.error, state, plan), touched);
    return { kind: 'refused', error: gate.error, findings: [] };
  }
  if (gate.kind === 'waiting') {
    await commit(ctx.deps, await awaitingUnit(ctx, seen, { target, plan, gate }), touched);
    return { kind: 'waiting', plan };
  }
  await commit(ctx.deps, await acceptedUnit(ctx, seen, { target, plan, pass: gate }), touched);
  return { kind: 'planned', plan };
}

/** @throws AppError `invalid_input` for an operation that needs no plan. */
async function targetOfOperation(ctx: Context, { request, cluster: name }: OperationRow): Promise<Target> {
  const { read } = ctx.deps.store;
  if (!('revision' in request) || name === null) {
    throw new AppError('invalid_input', `An operation of kind ${request.kind} is not planned`, {
      next: 'Send reports only.',
    });
  }
  return { cluster: await clusterRow(read, name), revision: await revisionRow(read, name, request.revision) };
}

async function planFor(
  ctx: Context,
  row: OperationRow,
  target: Target,
  observation: Observation,
): Promise<PlanOrRefusal> {
  const { cluster, revision } = target;
  const refusal = row.cancelRequested ? cancelled(row) : await refusalBefore(ctx, row, target);
  if (refusal !== null) return { kind: 'refused', error: refusal, findings: [] };
  const { read } = ctx.deps.store;
  const hosts = await hostsWhere(read);
  const input = {
    cluster: cluster.name,
    record: { swarmId: cluster.swarmId, nodes: cluster.nodes },
    hosts: hosts.filter((host) => Object.hasOwn(revision.spec.nodes, host.name) || host.cluster === cluster.name),
    base: cluster.currentRevision,
    revision: revision.number,
    spec: revision.spec,
    decisions: revision.decisions,
    observation,
    leftOutBefore: await leftOutOfBase(read, target),
    verify: await isUnproved(read, cluster.name),
  };
  const planned = await planCluster(input);
  if (planned.kind === 'refused') return { ...planned, error: await refusalUnderChange(read, row, planned.error) };
  const { plan } = planned;
  return { ...planned, plan: { ...plan, warnings: [...plan.warnings, ...(await leftUndone(read, row, input, plan))] } };
}

/** What was told with the base is told again where the base itself is planned. */
async function leftOutOfBase(read: Reader, { cluster, revision }: Target): Promise<LeftOut | undefined> {
  const { name, currentRevision: base } = cluster;
  if (base === null || base === revision.number) return undefined;
  return (await revisionRow(read, name, base)).spec.left_out;
}

/** What a look at the record alone refuses. */
async function refusalBefore(ctx: Context, row: OperationRow, { cluster, revision }: Target) {
  const refusal = refusalOf(cluster, revision);
  if (refusal !== null) return errorOf((await whyNotInTurn(ctx, row)) ?? refusal);
  try {
    await checkHosts(ctx.deps.store.read, revision.spec);
    return null;
  } catch (error) {
    if (error instanceof AppError) return errorOf(error);
    throw error;
  }
}

/** The wire form of a refusal; nothing was done on any host when it is used here. */
const errorOf = ({ code, message, next }: AppError) => ({
  code,
  message,
  done: 'Nothing was changed on any host.',
  ...(next === undefined ? {} : { next }),
});

const cancelled = ({ id }: OperationRow) => ({
  code: 'cancelled',
  message: `Operation ${id} was cancelled before its plan was made.`,
  done: 'Nothing was changed on any host.',
});

const staleError = (digest: string, plan: Plan) => ({
  code: 'plan_stale',
  message: `The plan ${digest.slice(0, 12)} is not what would be done now: the cluster has changed since it was made.`,
  done: 'Nothing was changed on any host.',
  next: `Look at the new plan ${plan.digest.slice(0, 12)}, and apply that one if it is right.`,
});
