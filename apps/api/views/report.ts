import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { type Report, reportOfPreflight, reportOfVerification, reportsKept } from '#core/reports/report.ts';
import { preflights, verifications } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/** One report, of whichever kind. @throws AppError `not_found` */
export async function reportNamed({ query }: Reader, id: string): Promise<Report> {
  const verified = await query.verifications.findFirst({ where: eq(verifications.id, id) });
  if (verified !== undefined) return reportOfVerification(verified);
  const looked = await query.preflights.findFirst({ where: eq(preflights.id, id) });
  if (looked !== undefined) return reportOfPreflight(looked);
  throw new AppError('not_found', `There is no report ${id}`, {
    next: `List them with \`flotilla reports ls\`; the last ${reportsKept} of each kind and cluster are kept.`,
  });
}
