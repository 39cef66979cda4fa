import { canonical, isSameJson } from '#core/canonical.ts';
import { AppError } from '#core/errors.ts';
import type { Decision } from '#core/plan.ts';
import { isAskedPath } from '#core/plan/decisions.ts';
import { consentTo, isConsented } from '#core/plan/taken.ts';
import type { Spec } from '#core/spec/spec.ts';
import { type Change, insertInto } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';
import { type InTurn, inTurn } from '#db/in-turn.ts';
import type { Reader } from '#db/reader.ts';
import { clusters, revisions } from '#db/schema/index.ts';
import { insertRow } from '#db/template.ts';
import { GuardFailed } from '#db/write.ts';
import type { AuditDraft } from '#core/audit.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { type ClusterRow, clusterRowOrNull, refuseAdopted } from '../../views/cluster.ts';
import { currentRevision, keepSpec, newestRevision, type RevisionRow, revisionRow } from '../../views/revision.ts';
import { checkHosts } from './check-hosts.ts';
import { nextNumber, unchanged } from './numbers.ts';

export interface Proposal {
  spec: Spec;
  /** How it came about: `apply`, or the verb. */
  origin: string;
  /** The revision it was written against; null means: whatever is current. */
  base: number | null;
  /** What stays fixed for `auto` and for the tags of images; absent: what is fixed with the current revision. */
  decisions?: readonly Decision[];
  /** Objects that are there under names of the spec may be taken over, and an adopted cluster with them. */
  takesOver?: boolean;
  /** What must hold when a new revision is written, beside what it is written against. */
  expects?: readonly Guard[];
}

export interface Proposed {
  row: RevisionRow;
  /** False when the same spec was there already, as the newest proposal or the current revision. */
  isNew: boolean;
}

/** Proposals of two processes at once may want the same number; the loser looks again. */
const triesMax = 8;

/**
 * Makes a proposed revision of the spec, and the cluster's row with the first one.
 * @throws AppError `invalid_spec` for hosts that are not registered or belong elsewhere, `conflict` for an old base,
 * `adopted_read_only`.
 */
export async function propose(ctx: Context, proposal: Proposal): Promise<Proposed> {
  const { read } = ctx.deps.store;
  await checkProposal(read, proposal);
  const { same } = await whatThereIs(ctx, proposal);
  if (same !== null) return { row: same, isNew: false };
  return await turnsOf(read, proposal.spec.cluster).run(() => proposeInTurn(ctx, proposal));
}

const turns = new WeakMap<Reader, Map<string, InTurn>>();

/** Proposals for one cluster go one after the other: at once they would all want the next number, and one would get it. */
function turnsOf(read: Reader, cluster: string): InTurn {
  const all = turns.get(read) ?? new Map<string, InTurn>();
  turns.set(read, all);
  const mine = all.get(cluster) ?? inTurn();
  all.set(cluster, mine);
  return mine;
}

async function proposeInTurn(ctx: Context, proposal: Proposal): Promise<Proposed> {
  for (let attempt = 1; ; attempt++) {
    const { cluster, same } = await whatThereIs(ctx, proposal);
    if (same !== null) return { row: same, isNew: false };
    try {
      return { row: await insertRevision(ctx, proposal, cluster), isNew: true };
    } catch (error) {
      if (!isRace(error, proposal) || attempt === triesMax) throw error;
    }
  }
}

/** The cluster, and the revision that is what is proposed. @throws AppError `conflict` for an old base */
async function whatThereIs(
  ctx: Context,
  proposal: Proposal,
): Promise<{ cluster: ClusterRow | null; same: RevisionRow | null }> {
  const cluster = await clusterRowOrNull(ctx.deps.store.read, proposal.spec.cluster);
  checkBase(proposal, cluster);
  return { cluster, same: cluster === null ? null : await sameRevision(ctx, cluster, proposal) };
}

/** Looks whether a proposal can be made, and makes none. @throws AppError `invalid_spec`, `adopted_read_only` */
export async function checkProposal(read: Reader, { spec, takesOver }: Proposal): Promise<void> {
  refuseAdopted(await clusterRowOrNull(read, spec.cluster), { takesOver });
  await checkHosts(read, spec);
}

/** What the caller expects is no race: it does not hold the next time either. */
const isRace = (error: unknown, { expects = [] }: Proposal): boolean =>
  error instanceof AppError &&
  (error.code === 'conflict' || error.code === 'already_exists') &&
  !(error instanceof GuardFailed && expects.some(({ name }) => name === error.guard));

function checkBase({ base, spec }: Proposal, cluster: ClusterRow | null): void {
  const current = cluster?.currentRevision ?? null;
  if (base === null || base === current) return;
  throw new AppError(
    'conflict',
    `The spec was written against revision ${base} of ${spec.cluster}, and ${current} is current`,
    {
      done: 'Nothing was changed.',
      next: 'Look at what changed since (`flotilla cluster show`), and write your change against it.',
    },
  );
}

async function sameRevision(
  ctx: Context,
  cluster: ClusterRow,
  { spec, decisions, takesOver = false }: Proposal,
): Promise<RevisionRow | null> {
  const { read } = ctx.deps.store;
  const isSame = (row: RevisionRow): boolean =>
    isSameJson(row.spec, spec) &&
    (!takesOver || (row.state === 'proposed' && isConsented(row.decisions, row.number))) &&
    (decisions === undefined || askedOf(row.decisions) === askedOf(decisions));
  const known = [await newestRevision(read, cluster), await currentRevision(read, cluster)];
  return known.find((row) => row !== null && isSame(row)) ?? null;
}

/**
 * The same spec is another change where a tag is to be looked up anew or to mean what it meant before,
 * with a removal by force, or with another turn of a token.
 */
const askedOf = (decisions: readonly Decision[]): string =>
  canonical(
    decisions
      .filter(({ path }) => isAskedPath(path))
      .map(({ path, value }) => `${path} ${value}`)
      .sort(),
  );

async function insertRevision(
  ctx: Context,
  { spec, origin, decisions: given, takesOver = false, expects = [] }: Proposal,
  cluster: ClusterRow | null,
): Promise<RevisionRow> {
  const { read } = ctx.deps.store;
  const name = spec.cluster;
  const base = cluster?.currentRevision ?? null;
  const number = await nextNumber(read, name);
  const createdAt = timeOf(ctx.deps.nowMs());
  const { actor } = ctx.caller;
  // What was chosen for `auto` stays chosen, or a later revision would change what runs.
  const decisions = given ?? (cluster === null ? [] : ((await currentRevision(read, cluster))?.decisions ?? []));
  const changes: Change[] = [
    ...(cluster === null ? [insertInto(clusters).values({ name, nodes: {}, createdAt })] : []),
    insertRow(revisions, {
      cluster: name,
      number,
      base,
      state: 'proposed',
      spec,
      decisions: [...decisions, ...(takesOver ? [consentTo(number)] : [])],
      origin,
      createdBy: actor,
      createdAt,
    }),
  ];
  const target = { kind: 'revision', id: `${name}/${number}` };
  const events: AuditDraft[] = [
    ...(cluster === null
      ? [
          recordOf(ctx, {
            action: 'cluster.created',
            outcome: 'succeeded',
            cluster: name,
            target: { kind: 'cluster', id: name },
          }),
        ]
      : []),
    recordOf(ctx, {
      action: 'revision.proposed',
      outcome: 'succeeded',
      cluster: name,
      target,
      details: { number, base, origin, ...(takesOver ? { takesOver } : {}) },
    }),
  ];
  await commit(ctx.deps, { expects: [...expects, ...unchanged(read, name, cluster, number)], changes, events });
  keepSpec(read, { cluster: name, number, spec });
  return await revisionRow(read, name, number);
}
