import { expect, test } from 'vitest';
import type { ReportBody } from '#core/report.ts';
import type { Lease } from '#core/wire.ts';
import { withUnsent } from './with-unsent.ts';

/** Only what is read of a lease. */
const lease = { ledger: { a: { kind: 'done', changes: [] } } } as unknown as Lease;
const ended = (step: string, kind: 'already-done'): ReportBody =>
  ({ type: 'step-ended', step, outcome: { kind }, ms: 1, at: 'then' }) as unknown as ReportBody;

test('what this worker has not told yet is in the ledger, beside what is on record', () => {
  const unsent = [{ type: 'step-started', step: 'b', at: 'then' } as ReportBody, ended('b', 'already-done')];
  expect(Object.keys(withUnsent(lease, unsent).ledger)).toEqual(['a', 'b']);
  expect(withUnsent(lease, unsent).ledger['b']).toEqual({ kind: 'already-done' });
  expect(withUnsent(lease, []).ledger).toEqual(lease.ledger);
});
