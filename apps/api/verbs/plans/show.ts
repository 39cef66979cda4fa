import { AppError } from '#core/errors.ts';
import type { Plan } from '#core/plan.ts';
import { maskPlan } from '#core/masking.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { planOf } from '../../views/operation.ts';

/** A plan by its digest, environment values masked. @throws AppError `not_found` */
export async function showPlan({ ctx, input }: Call<{ digest: string }>): Promise<Plan> {
  const plan = await planOf(ctx.deps.store.read, input.digest);
  await authorise(ctx, 'read', plan?.cluster ?? null);
  if (plan === null) throw new AppError('not_found', `There is no plan ${input.digest}`);
  return maskPlan(plan);
}
