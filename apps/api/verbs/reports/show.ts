import { AppError } from '#core/errors.ts';
import type { Report } from '#core/reports/report.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { reportNamed } from '../../views/report.ts';

/** One report, of whichever kind. Whoever may not read all is told of one that is not there as of one that is. */
export async function showReport({ ctx, input: { id } }: Call<{ id: string }>): Promise<Report> {
  const found = await reportNamed(ctx.deps.store.read, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return error;
    throw error;
  });
  await authorise(ctx, 'read', found instanceof AppError ? null : found.cluster);
  if (found instanceof AppError) throw found;
  return found;
}
