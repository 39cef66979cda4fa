import type { ClusterStand } from '#core/revision-summary.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { appliedOf } from '../../views/applied.ts';
import { clusterOf, clusterRow } from '../../views/cluster.ts';

/** @throws AppError `not_found` */
export async function showCluster({ ctx, input }: Call<{ cluster: string }>): Promise<ClusterStand> {
  await authorise(ctx, 'read', input.cluster);
  const { read } = ctx.deps.store;
  const cluster = clusterOf(await clusterRow(read, input.cluster));
  const { currentRevision: current } = cluster;
  const applied = current === null ? undefined : (await appliedOf(read, cluster.name, [current])).get(current);
  return { ...cluster, applied: applied ?? null };
}
