import type { Operation } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { acceptOperation } from '../operations/accept.ts';
import { refuseWithoutNodes } from './nothing-there.ts';

export interface ListRunning {
  cluster: string;
  reason: string | null;
}

/** What runs in a cluster now; takes no turn, so that one can look while something hangs. @throws AppError `not_found`, `conflict` */
export async function listRunning({ ctx, input: { cluster: name, reason } }: Call<ListRunning>): Promise<Operation> {
  await authorise(ctx, 'cluster.ps', name);
  const cluster = await clusterRow(ctx.deps.store.read, name);
  await refuseWithoutNodes(ctx.deps.store.read, cluster);
  return await acceptOperation(ctx, { request: { kind: 'ps' }, cluster: name, reason });
}
