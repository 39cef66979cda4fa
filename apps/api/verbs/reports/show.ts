import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { type Report, reportOfPreflight, reportOfVerification, reportsKept } from '#core/reports/report.ts';
import { preflights, verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';

/** One report, of whichever kind. @throws AppError `not_found` */
export async function showReport({ ctx, input: { id } }: Call<{ id: string }>): Promise<Report> {
  const { query } = ctx.deps.store.read;
  const verified = await query.verifications.findFirst({ where: eq(verifications.id, id) });
  const looked =
    verified === undefined ? await query.preflights.findFirst({ where: eq(preflights.id, id) }) : undefined;
  await authorise(ctx, 'read', verified?.cluster ?? looked?.cluster ?? null);
  if (verified !== undefined) return reportOfVerification(verified);
  if (looked !== undefined) return reportOfPreflight(looked);
  throw new AppError('not_found', `There is no report ${id}`, {
    next: `List them with \`flotilla reports ls\`; the last ${reportsKept} of each kind and cluster are kept.`,
  });
}
