import { desc, eq, or } from 'drizzle-orm';
import { type Report, reportOfPreflight, reportOfVerification } from '#core/reports/report.ts';
import { preflights, verifications } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/**
 * One report, of whichever kind, by its own id or that of its operation: what it verified, else what it looked at before
 * it changed anything. Null when there is none.
 */
export async function reportOrNull({ query }: Reader, id: string): Promise<Report | null> {
  const verified = await query.verifications.findFirst({
    where: or(eq(verifications.id, id), eq(verifications.operation, id)),
    orderBy: desc(verifications.at),
  });
  if (verified !== undefined) return reportOfVerification(verified);
  const looked = await query.preflights.findFirst({
    where: or(eq(preflights.id, id), eq(preflights.operation, id)),
    orderBy: desc(preflights.at),
  });
  return looked === undefined ? null : reportOfPreflight(looked);
}
