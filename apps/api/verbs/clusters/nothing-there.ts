import { AppError } from '#core/errors.ts';
import { isTakenDown } from '#core/spec/taken-down.ts';
import type { Reader } from '#db/reader.ts';
import type { ClusterRow } from '../../views/cluster.ts';
import { currentRevision, type RevisionRow } from '../../views/revision.ts';

/** What a cluster is to be now. @throws AppError `conflict` for one to which nothing was applied, or that is taken down */
export async function revisionThere(read: Reader, cluster: ClusterRow): Promise<RevisionRow> {
  const current = await currentRevision(read, cluster);
  if (current === null) throw nothingApplied(cluster.name);
  if (isTakenDown(current.spec)) throw nothingLeft(cluster.name);
  return current;
}

/** Of a cluster without a node there is nothing to look at. @throws AppError as revisionThere; an adopted one has no revision */
export async function refuseNothingThere(read: Reader, cluster: ClusterRow): Promise<void> {
  if (cluster.mode === 'managed') await revisionThere(read, cluster);
}

/** For what asks the nodes themselves. @throws AppError `conflict` as refuseNothingThere, and where no node is known */
export async function refuseWithoutNodes(read: Reader, cluster: ClusterRow): Promise<void> {
  await refuseNothingThere(read, cluster);
  if (Object.keys(cluster.nodes).length === 0) throw nothingApplied(cluster.name);
}

const nothingApplied = (cluster: string): AppError =>
  new AppError('conflict', `Nothing was applied to ${cluster} yet`, {
    done: 'Nothing was done.',
    next: 'Apply a revision first; it ends with a verification.',
  });

export const nothingLeft = (cluster: string): AppError =>
  new AppError('conflict', `The cluster ${cluster} is taken down, so there is nothing to look at`, {
    done: 'Nothing was done.',
    next: `\`flotilla cluster revisions ${cluster}\` lists what it was, and \`flotilla rollback N --cluster ${cluster}\` forms it anew.`,
  });
