import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import type { verifyRequestSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import type { Reader } from '#db/reader.ts';
import { type ClusterRow, clusterRow } from '../../views/cluster.ts';
import { acceptOperation } from '../operations/accept.ts';
import { revisionThere } from './nothing-there.ts';

export type VerifyCluster = z.output<typeof verifyRequestSchema> & { cluster: string };

/**
 * Which networks an adopted cluster has is known to its managers only, so the worker refuses an unknown one.
 * @throws AppError `not_found` for a cluster or network, `conflict` when there is nothing to verify.
 */
export async function requestVerify({ ctx, input }: Call<VerifyCluster>): Promise<Operation> {
  await authorise(ctx, 'cluster.verify', input.cluster);
  const { read } = ctx.deps.store;
  const cluster = await clusterRow(read, input.cluster);
  if (cluster.mode === 'managed') await refuseUnknown(read, cluster, input.networks);
  if (Object.keys(cluster.nodes).length === 0 && cluster.mode === 'adopted') throw noNodes(cluster);
  const { networks, connectivity, reason } = input;
  return await acceptOperation(ctx, {
    request: { kind: 'verify', networks, connectivity },
    cluster: input.cluster,
    reason,
  });
}

/** What a look at the current revision refuses. @throws AppError `not_found`, `conflict` */
async function refuseUnknown(read: Reader, cluster: ClusterRow, networks: readonly string[]): Promise<void> {
  const { spec } = await revisionThere(read, cluster);
  const known = Object.keys(spec.networks);
  const missing = networks.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  throw new AppError('not_found', `${cluster.name} has no network ${missing.join(', ')}`, {
    done: 'Nothing was done.',
    next: `It has: ${known.join(', ') || 'none'}.`,
  });
}

const noNodes = ({ name, adoption }: ClusterRow): AppError =>
  new AppError('conflict', `No node of ${name} is a registered host, so there is nothing to verify from`, {
    done: 'Nothing was done.',
    next: `Register its nodes with \`flotilla host add\`, then \`flotilla cluster adopt ${name} --from ${adoption?.manager ?? 'HOST'}\`.`,
  });
