import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { PreflightView } from '#core/wire.ts';
import { preflights } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';

/** @throws AppError `not_found` */
export async function showPreflight({ ctx, input }: Call<{ id: string }>): Promise<PreflightView> {
  const row = await ctx.deps.store.read.query.preflights.findFirst({ where: eq(preflights.id, input.id) });
  await authorise(ctx, 'read', row?.cluster ?? null);
  if (row === undefined) throw new AppError('not_found', `There is no preflight ${input.id}`);
  return row;
}
