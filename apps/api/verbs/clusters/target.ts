import { and, eq, or, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isConsented } from '#core/plan/taken.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { clusters, revisions } from '#db/schema/index.ts';
import { prepared, type Reader } from '#db/reader.ts';
import { type Template, template } from '#db/template.ts';
import { type ClusterRow, clusterRow, refuseAdopted } from '../../views/cluster.ts';
import { newestRevision, type RevisionRow, revisionRow } from '../../views/revision.ts';

export interface Target {
  cluster: ClusterRow;
  revision: RevisionRow;
}

/**
 * The revision that a plan or an apply is for, checked: current, or proposed on the current one.
 * @throws AppError `not_found`, `conflict`, `adopted_read_only`
 */
export async function targetOf(read: Reader, name: string, number: number | null): Promise<Target> {
  const cluster = await clusterRow(read, name);
  const revision = number === null ? await newestRevision(read, cluster) : await revisionRow(read, name, number);
  refuseAdopted(cluster, { takesOver: revision !== null && isConsented(revision.decisions, revision.number) });
  if (revision === null) {
    throw new AppError('conflict', `${name} has no revision to plan`, {
      done: 'Nothing was changed.',
      next: 'Propose a spec first, for example with `flotilla plan -f`.',
    });
  }
  const refusal = refusalOf(cluster, revision);
  if (refusal !== null) throw refusal;
  return { cluster, revision };
}

/** Why a revision cannot be planned or applied; null when it can. */
export function refusalOf(cluster: ClusterRow, revision: RevisionRow): AppError | null {
  if (revision.state === 'current') return null;
  const { number, base, state } = revision;
  if (state === 'proposed' && base === cluster.currentRevision) return null;
  const current = cluster.currentRevision === null ? 'none' : `revision ${cluster.currentRevision}`;
  const why =
    state === 'proposed'
      ? `was proposed on ${base === null ? 'nothing' : `revision ${base}`}, and ${current} is current now`
      : `is ${state}`;
  return new AppError('conflict', `Revision ${number} of ${cluster.name} ${why}`, {
    done: 'Nothing was changed.',
    next:
      state === 'proposed'
        ? 'Propose the change again on what is current.'
        : `To go back to it, propose it again with \`flotilla rollback ${number} --cluster ${cluster.name}\`.`,
  });
}

const currentNow = sql`(select ${clusters.currentRevision} from ${clusters} where ${clusters.name} = ${revisions.cluster})`;

const applicable = prepared((read): Template<{ name: string; number: number; current: number | null }> =>
  template(() =>
    read
      .select({ number: revisions.number })
      .from(revisions)
      .where(
        and(
          eq(revisions.cluster, sql.placeholder('name')),
          eq(revisions.number, sql.placeholder('number')),
          or(
            eq(revisions.state, 'current'),
            // `is` also holds for none and none. As a join this took SQLite six times as long.
            and(eq(revisions.state, 'proposed'), sql`${currentNow} is ${sql.placeholder('current')}`),
          ),
        ),
      ),
  ),
);

/** That what refusalOf looked at still holds, for the commit: one that was proposed may have become current meanwhile. */
export function stillApplies(read: Reader, { cluster, revision }: Target): Guard {
  const { name, currentRevision: current } = cluster;
  const query = applicable(read)({ name, number: revision.number, current });
  return someRow(
    'the revision still applies',
    query,
    () =>
      new AppError('conflict', `Revision ${revision.number} of ${cluster.name} was overtaken by another change`, {
        done: 'Nothing was changed.',
        next: 'Look at what is current now, and propose the change again.',
      }),
  );
}
