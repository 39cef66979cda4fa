import { eq } from 'drizzle-orm';
import { type Report, reportOfPreflight, reportOfVerification } from '#core/reports/report.ts';
import { preflights, verifications } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/** One report, of whichever kind; null when there is none. */
export async function reportOrNull({ query }: Reader, id: string): Promise<Report | null> {
  const verified = await query.verifications.findFirst({ where: eq(verifications.id, id) });
  if (verified !== undefined) return reportOfVerification(verified);
  const looked = await query.preflights.findFirst({ where: eq(preflights.id, id) });
  return looked === undefined ? null : reportOfPreflight(looked);
}
