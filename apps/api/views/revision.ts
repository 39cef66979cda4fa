import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { RevisionView } from '#core/wire.ts';
import { kept, keptForGood } from '#db/kept.ts';
import { revisions } from '#db/schema/index.ts';
import { prepared, type Reader } from '#db/reader.ts';
import { may } from '../access.ts';
import type { Context } from '../http/env.ts';
import type { ClusterRow } from './cluster.ts';
import { maskSpec } from './mask-spec.ts';

export type RevisionRow = typeof revisions.$inferSelect;

/** Specs never change and are most of a row: they are read once, and the rest whenever a revision has been written. */
const specs = keptForGood<Spec>();

/** Keeps the spec of a revision that was just written: what an edit left as it was stays the very same objects. */
export const keepSpec = (read: Reader, { cluster, number, spec }: Numbered & Pick<RevisionRow, 'spec'>): Spec =>
  specs.put(read, keyOf({ cluster, number }), spec);

type Numbered = Pick<RevisionRow, 'cluster' | 'number'>;
const keyOf = ({ cluster, number }: Numbered): string => JSON.stringify([cluster, number]);

const { spec: _spec, ...columnsBesideSpec } = getTableColumns(revisions);
const isAsked = and(eq(revisions.cluster, sql.placeholder('cluster')), eq(revisions.number, sql.placeholder('number')));
const wholeRow = prepared((read) => read.select().from(revisions).where(isAsked).prepare());
const rowBesideSpec = prepared((read) => read.select(columnsBesideSpec).from(revisions).where(isAsked).prepare());

const revisionOrNull = kept([revisions], async (read, cluster: string, number: number): Promise<RevisionRow | null> => {
  const spec = specs.get(read, keyOf({ cluster, number }));
  if (spec !== undefined) {
    const [row] = await rowBesideSpec(read).execute({ cluster, number });
    return row === undefined ? null : { ...row, spec };
  }
  const [row] = await wholeRow(read).execute({ cluster, number });
  return row === undefined ? null : { ...row, spec: keepSpec(read, row) };
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
  async (read, cluster: string) => await newestProposed(read).execute({ cluster }),
);

const newestProposed = prepared((read) =>
  read
    .select({ number: revisions.number, base: revisions.base })
    .from(revisions)
    .where(and(eq(revisions.cluster, sql.placeholder('cluster')), eq(revisions.state, 'proposed')))
    .orderBy(desc(revisions.number))
    .limit(20)
    .prepare(),
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
