import { eq } from 'drizzle-orm';
import type { OperationEvent } from '#core/wire.ts';
import type { Reader } from '#db/reader.ts';
import { type KeptEvent, type operationEvents, preflights, verifications } from '#db/schema/index.ts';

type EventRow = typeof operationEvents.$inferSelect;

/** An event as it is told: what a verification or a preflight found stands in its report, and is kept there alone. */
export async function operationEventOf(read: Reader, { body, ...row }: EventRow): Promise<OperationEvent> {
  return { ...row, body: body.type === 'report' ? await foundIn(read, row.at, body) : body };
}

async function foundIn(
  read: Reader,
  at: string,
  { kind, id }: Extract<KeptEvent, { type: 'report' }>,
): Promise<OperationEvent['body']> {
  if (kind === 'verification') {
    const row = await read.query.verifications.findFirst({ where: eq(verifications.id, id) });
    if (row !== undefined) return { type: 'verification', at, verification: row.verification };
  } else {
    const row = await read.query.preflights.findFirst({ where: eq(preflights.id, id) });
    if (row !== undefined) return { type: 'preflight', at, preflight: row.preflight };
  }
  return { type: 'note', at, step: null, host: null, text: `What it found (${id}) is not kept any more.` };
}
