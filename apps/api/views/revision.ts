import { and, desc, eq } from 'drizzle-orm';
import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import type { RevisionView } from '#core/wire.ts';
import { kept } from '#db/kept.ts';
import { revisions } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { may } from '../access.ts';
import type { Context } from '../http/env.ts';
import type { ClusterRow } from './cluster.ts';
import { maskSpec } from './mask-spec.ts';

export type RevisionRow = typeof revisions.$inferSelect;

const revisionOrNull = kept([revisions], async (read, cluster: string, number: number): Promise<RevisionRow | null> => {
  const isIt = and(eq(revisions.cluster, cluster), eq(revisions.number, number));
  return (await read.query.revisions.findFirst({ where: isIt })) ?? null;
});

/** @throws AppError `not_found` */
export async function revisionRow(read: Reader, cluster: string, number: number): Promise<RevisionRow> {
  const row = await revisionOrNull(read, cluster, number);
  if (row === null)
    throw new AppError('not_found', `There is no revision ${number} of ${cluster}`, {
      next: `List them: \`flotilla cluster revisions ${cluster}\`.`,
    });
  return row;
}

/** The newest that are proposed, without their specs: it is read anew after every proposal. */
const proposedRevisions = kept(
  [revisions],
  async (read, cluster: string) =>
    await read
      .select({ number: revisions.number, base: revisions.base })
      .from(revisions)
      .where(and(eq(revisions.cluster, cluster), eq(revisions.state, 'proposed')))
      .orderBy(desc(revisions.number))
      .limit(20),
);

/**
 * The revision that people mean when they name none: the newest one that is proposed on the current one, else the
 * current one; null when there is neither.
 */
export async function newestRevision(read: Reader, cluster: ClusterRow): Promise<RevisionRow | null> {
  const rows = await proposedRevisions(read, cluster.name);
  const proposed = rows.find((row) => row.base === cluster.currentRevision);
  return proposed === undefined
    ? await currentRevision(read, cluster)
    : await revisionRow(read, cluster.name, proposed.number);
}

export const currentRevision = async (read: Reader, cluster: ClusterRow): Promise<RevisionRow | null> =>
  cluster.currentRevision === null ? null : await revisionRow(read, cluster.name, cluster.currentRevision);

/** The revision as a worker gets it, whole. */
export const revisionOf = (row: RevisionRow): RevisionView => ({
  cluster: row.cluster,
  number: row.number,
  base: row.base,
  state: row.state,
  spec: row.spec,
  decisions: row.decisions,
  origin: row.origin,
  createdBy: nameOf(row.createdBy),
  createdAt: row.createdAt,
});

/** The revision as a person sees it: who may read but not propose gets environment values masked. */
export const revisionViewFor = (ctx: Context, row: RevisionRow): RevisionView =>
  may(ctx, 'revision.propose', row.cluster) ? revisionOf(row) : { ...revisionOf(row), spec: maskSpec(row.spec) };

const nameOf = (actor: Actor): string => actor.name;
