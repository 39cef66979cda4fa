import { and, eq, inArray, isNotNull, isNull, ne, notInArray, or } from 'drizzle-orm';
import { type Adoption, adoptionOf, type AdoptionResult, nodesOfAdoption } from '#core/adoption.ts';
import { AppError } from '#core/errors.ts';
import { observationSchema } from '#core/observation.ts';
import type { OperationError } from '#core/operation.ts';
import type { Adopted } from '#core/worker-wire.ts';
import { insertInto, update } from '#db/change.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { clusters, hosts, operations } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { parsed } from '../../http/valid.ts';
import { hostsWhere } from '../../views/host.ts';
import { nameTaken } from '../clusters/adopt.ts';
import { asWorker } from './as-worker.ts';
import { draftFor, type DraftRevision } from './drafted.ts';
import { heldOperation, stillHeld } from './held.ts';
import { alarmsOfObservation, factsOfObservation } from './observed.ts';
import type { TakeObservation } from './observe.ts';
import { refusedUnit, type Seen } from './planned.ts';

/** An observation that was sent twice at once loses the race and is answered from what the other one wrote. */
const triesMax = 3;

/**
 * Records what was seen of a swarm as a cluster that is looked at only, or ends the operation with what is in the way.
 * A repeat changes nothing. @throws AppError `not_found`, `stale_fence`, `invalid_input`
 */
export async function takeAdoption({ ctx: tokenCtx, input }: Call<TakeObservation>): Promise<Adopted> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  const observation = parsed(observationSchema, input.observation, 'observation');
  for (let attempt = 1; ; attempt++) {
    const row = await heldOperation(ctx.deps.store.read, input);
    if (row.result !== null) return { kind: 'adopted' };
    try {
      return await decide(ctx, { held: input, row, observation });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || attempt === triesMax) throw error;
    }
  }
}

async function decide(ctx: Context, seen: Seen): Promise<Adopted> {
  const { request } = seen.row;
  if (request.kind !== 'adopt') {
    throw new AppError('invalid_input', `An operation of kind ${request.kind} adopts nothing`);
  }
  const { name, from } = request;
  const all = await hostsWhere(ctx.deps.store.read);
  const result = adoptionOf({
    from,
    observation: seen.observation,
    hosts: all.filter(({ cluster }) => cluster === null || cluster === name),
    taken: new Set(all.map((host) => host.name)),
  });
  const refusal = result.kind === 'refused' ? result : await refusalFor(ctx, name, result.adoption);
  const unit =
    refusal.kind === 'refused'
      ? await refusedUnit(ctx, seen, refusal.error, 'failed')
      : await adoptedUnit(ctx, seen, refusal.adoption, await draftFor(ctx, seen, name, refusal.adoption));
  await commit(ctx.deps, unit, [seen.row.id]);
  return refusal.kind === 'refused' ? refusal : { kind: 'adopted' };
}

/** The adoption, unless a cluster on record has the name or is the swarm. */
async function refusalFor(ctx: Context, name: string, adoption: Adoption): Promise<AdoptionResult> {
  const error = await inTheWay(ctx, name, adoption);
  return error === null ? { kind: 'adopted', adoption } : { kind: 'refused', error };
}

/** A cluster on record that has the name or is the swarm. */
async function inTheWay(ctx: Context, name: string, adoption: Adoption): Promise<OperationError | null> {
  const rows = await ctx.deps.store.read
    .select()
    .from(clusters)
    .where(or(eq(clusters.name, name), ...others(adoption)));
  const taken = rows.find((row) => row.name === name);
  if (taken?.mode === 'managed') return errorOf(nameTaken(name));
  // One that is forgotten is of no swarm any more.
  const isOther = taken !== undefined && taken.swarmId !== null && taken.swarmId !== adoption.swarmId;
  if (isOther) return errorOf(otherSwarm(name, taken.swarmId));
  const same = rows.find((row) => row.name !== name);
  if (same === undefined) return null;
  return errorOf(
    new AppError('already_exists', `The swarm of ${adoption.manager} is the cluster ${same.name} already`, {
      next: `Look at it with \`flotilla cluster show ${same.name}\`.`,
    }),
  );
}

/** Clusters that are this swarm: by its id, or by its label while ours has just formed it and not yet seen the id. */
const others = ({ swarmId, label }: Adoption) => [
  eq(clusters.swarmId, swarmId),
  ...(label === null ? [] : [and(eq(clusters.name, label), isNull(clusters.swarmId), eq(clusters.mode, 'managed'))]),
];

const otherSwarm = (name: string, swarmId: string | null): AppError =>
  new AppError('already_exists', `${name} was adopted from another swarm (${swarmId})`, {
    next: 'Adopt this one under another name.',
  });

const errorOf = ({ code, message, next }: AppError): OperationError => ({
  code,
  message,
  done: 'Nothing was recorded, and nothing was changed on any host.',
  ...(next === undefined ? {} : { next }),
});

async function adoptedUnit(ctx: Context, seen: Seen, seenNow: Adoption, draft: DraftRevision | null): Promise<Unit> {
  const { read } = ctx.deps.store;
  const { row, held, observation } = seen;
  const { name } = row.request.kind === 'adopt' ? row.request : { name: '' };
  const adoption = draft === null ? seenNow : { ...seenNow, draft: draft.told };
  const at = timeOf(ctx.deps.nowMs());
  const nodes = nodesOfAdoption(adoption);
  const members = Object.keys(nodes);
  const record = { swarmId: adoption.swarmId, nodes, adoption };
  return {
    expects: [stillHeld(read, held), ...guards(ctx, name, adoption, members), ...(draft?.expects ?? [])],
    changes: [
      ...(await factsOfObservation(ctx, observation)),
      insertInto(clusters)
        .values({ name, mode: 'adopted', createdAt: at, ...record })
        .onConflictDoUpdate({ target: clusters.name, set: record }),
      update(hosts)
        .set({ cluster: null })
        .where(and(eq(hosts.cluster, name), notInArray(hosts.name, members))),
      update(hosts).set({ cluster: name }).where(inArray(hosts.name, members)),
      update(operations).set({ cluster: name, result: adoption }).where(eq(operations.id, row.id)),
      ...(draft?.changes ?? []),
    ],
    events: [
      ...alarmsOfObservation(ctx, seen),
      recordOf(ctx, {
        action: 'cluster.adopted',
        outcome: 'recorded',
        cluster: name,
        target: { kind: 'cluster', id: name },
        operation: row.id,
        reason: row.reason,
        details: {
          swarmId: adoption.swarmId,
          manager: adoption.manager,
          hosts: members,
          nodesWithoutHost: adoption.nodes.length - members.length,
        },
      }),
      ...(draft?.events ?? []),
    ],
  };
}

/** What `inTheWay` saw still holds, and no host was taken into another cluster meanwhile. */
const guards = (ctx: Context, name: string, adoption: Adoption, members: string[]): Guard[] => [
  noRow(
    'no other cluster is that swarm or has that name',
    ctx.deps.store.read
      .select({ name: clusters.name })
      .from(clusters)
      .where(
        or(
          and(eq(clusters.name, name), or(ne(clusters.mode, 'adopted'), ne(clusters.swarmId, adoption.swarmId))),
          and(ne(clusters.name, name), or(...others(adoption))),
        ),
      ),
  ),
  noRow(
    'no host belongs to another cluster',
    ctx.deps.store.read
      .select({ name: hosts.name })
      .from(hosts)
      .where(and(inArray(hosts.name, members), isNotNull(hosts.cluster), ne(hosts.cluster, name))),
  ),
];
