import type { RevisionView } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { revisionRow, revisionViewFor } from '../../views/revision.ts';

/** @throws AppError `not_found` */
export async function showRevision({ ctx, input }: Call<{ cluster: string; number: number }>): Promise<RevisionView> {
  await authorise(ctx, 'read', input.cluster);
  await clusterRow(ctx.deps.store.read, input.cluster);
  return revisionViewFor(ctx, await revisionRow(ctx.deps.store.read, input.cluster, input.number));
}
