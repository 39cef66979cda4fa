import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { VerificationView } from '#core/wire.ts';
import { verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';

/** @throws AppError `not_found` */
export async function showVerification({ ctx, input }: Call<{ id: string }>): Promise<VerificationView> {
  const row = await ctx.deps.store.read.query.verifications.findFirst({ where: eq(verifications.id, input.id) });
  await authorise(ctx, 'read', row?.cluster ?? null);
  if (row === undefined) throw new AppError('not_found', `There is no verification ${input.id}`);
  return row;
}
