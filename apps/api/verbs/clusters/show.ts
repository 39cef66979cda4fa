import type { ClusterView } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterOf, clusterRow } from '../../views/cluster.ts';

/** @throws AppError `not_found` */
export async function showCluster({ ctx, input }: Call<{ cluster: string }>): Promise<ClusterView> {
  await authorise(ctx, 'read', input.cluster);
  return clusterOf(await clusterRow(ctx.deps.store.read, input.cluster));
}
