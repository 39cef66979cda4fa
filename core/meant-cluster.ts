import type { ClusterView } from './wire.ts';

type Listed = Pick<ClusterView, 'swarmId' | 'currentRevision'>;

/** The cluster that is meant where none is named: the only one there is, or the only one that is not taken down. */
export function meantCluster<T extends Listed>(clusters: readonly T[]): T | null {
  const standing = clusters.filter((cluster) => !isDown(cluster));
  const [only, second] = standing.length === 0 ? clusters : standing;
  return only === undefined || second !== undefined ? null : only;
}

/** It was a swarm, or was about to be one, and is none now. */
export const isDown = ({ swarmId, currentRevision }: Listed): boolean => swarmId === null && currentRevision !== null;
