import { AppError } from '#core/errors.ts';
import { type Report, reportsKept } from '#core/reports/report.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { reportOrNull } from '../../views/report.ts';

/**
 * One report, of whichever kind. Whoever may not read all is told of one that is not there as of one that is.
 * @throws AppError `not_found`
 */
export async function showReport({ ctx, input: { id } }: Call<{ id: string }>): Promise<Report> {
  const report = await reportOrNull(ctx.deps.store.read, id);
  await authorise(ctx, 'read', report?.cluster ?? null);
  if (report !== null) return report;
  throw new AppError('not_found', `There is no report ${id}`, {
    next: `List them with \`flotilla reports ls\`; the last ${reportsKept} of each kind and cluster are kept.`,
  });
}
