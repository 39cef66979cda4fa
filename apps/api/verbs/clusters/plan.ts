import type { z } from 'zod';
import type { Operation } from '#core/operation.ts';
import type { planRequestSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { acceptOperation } from '../operations/accept.ts';
import { stillApplies, targetOf } from './target.ts';

export type PlanCluster = z.output<typeof planRequestSchema> & { cluster: string };

/** Asks a worker to look and plan; changes nothing on the hosts. @throws AppError `not_found`, `conflict` */
export async function requestPlan({ ctx, input }: Call<PlanCluster>): Promise<Operation> {
  await authorise(ctx, 'cluster.plan', input.cluster);
  const target = await targetOf(ctx.deps.store.read, input.cluster, input.revision);
  return await acceptOperation(ctx, {
    request: { kind: 'plan', revision: target.revision.number },
    cluster: input.cluster,
    reason: input.reason,
    expects: [stillApplies(ctx.deps.store.read, target)],
  });
}
