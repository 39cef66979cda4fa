import type { Operation } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { acceptOperation } from '../operations/accept.ts';
import { refuseNothingThere } from './nothing-there.ts';

export interface InspectNetwork {
  cluster: string;
  network: string;
  reason: string | null;
}

/** One merged view of a network, also of one that is not ours. @throws AppError `not_found`, `conflict` */
export async function inspectNetwork({ ctx, input }: Call<InspectNetwork>): Promise<Operation> {
  await authorise(ctx, 'network.inspect', input.cluster);
  const cluster = await clusterRow(ctx.deps.store.read, input.cluster);
  await refuseNothingThere(ctx.deps.store.read, cluster);
  return await acceptOperation(ctx, {
    request: { kind: 'inspect', network: input.network },
    cluster: input.cluster,
    reason: input.reason,
  });
}
