import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { acceptOperation } from '../operations/accept.ts';

export interface InspectNetwork {
  cluster: string;
  network: string;
  reason: string | null;
}

/** One merged view of a network, also of one that is not ours. @throws AppError `not_found`, `conflict` */
export async function inspectNetwork({ ctx, input }: Call<InspectNetwork>): Promise<Operation> {
  await authorise(ctx, 'network.inspect', input.cluster);
  const cluster = await clusterRow(ctx.deps.store.read, input.cluster);
  if (cluster.currentRevision === null && cluster.mode === 'managed') {
    throw nothingApplied(input.cluster);
  }
  return await acceptOperation(ctx, {
    request: { kind: 'inspect', network: input.network },
    cluster: input.cluster,
    reason: input.reason,
  });
}

export const nothingApplied = (cluster: string): AppError =>
  new AppError('conflict', `Nothing was applied to ${cluster} yet`, {
    done: 'Nothing was done.',
    next: 'Apply a revision first.',
  });
