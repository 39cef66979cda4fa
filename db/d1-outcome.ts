import type { Batch } from './d1-batch.ts';
import type { D1Answer } from './d1-port.ts';
import type { Refusal } from './refusal.ts';
import type { RunQuery } from './reader.ts';
import type { Doorbell } from './store.ts';
import type { WriteResult } from './write.ts';

export const committed = (batch: Batch, doorbells: Doorbell[]): WriteResult => {
  const sequences = Array.from(
    { length: batch.after.sequence - batch.before.sequence },
    (_, index) => batch.before.sequence + 1 + index,
  );
  return { kind: 'committed', committed: { at: batch.at, sequences, doorbells } };
};

/** The doorbells from the rows that the batch answered. */
export const doorbellsOf = (batch: Batch, answers: D1Answer[]): Doorbell[] =>
  batch.rings.map(({ operation, index }) => ({ operation, number: dispatchNumberOf(answers[index]?.results[0]) }));

function dispatchNumberOf(row: unknown): number {
  if (typeof row === 'object' && row !== null && 'dispatch_number' in row) return Number(row.dispatch_number);
  throw new Error('D1 answered no row for a doorbell that it counted.');
}

/** The batch among those in doubt that did land, told by the hash of its last event. */
export async function landedOf(query: RunQuery, doubtful: Batch[]): Promise<Batch | null> {
  for (const batch of doubtful) {
    const rows = await query('select hash from audit_events where sequence = ?', [batch.after.sequence]);
    if (rows[0]?.[0] === batch.after.hash) return batch;
  }
  return null;
}

/** What became of a batch whose answer was lost. */
export async function lateOutcome(query: RunQuery, batch: Batch): Promise<WriteResult> {
  const doorbells: Doorbell[] = [];
  for (const { operation } of batch.rings) {
    const rows = await query('select dispatch_number from operations where id = ?', [operation]);
    doorbells.push({ operation, number: Number(rows[0]?.[0]) });
  }
  return committed(batch, doorbells);
}

export const notKnown: Refusal = {
  code: 'audit_unavailable',
  message: 'The link to the D1 database broke.',
  done: 'It is not known whether it was written.',
  next: 'Look at what is there before you ask again.',
};

export const tooMany: Refusal = {
  code: 'audit_unavailable',
  message: 'Too many others write to the D1 database at the same time.',
  done: 'Nothing of it was written.',
  next: 'Try again in a moment.',
};
