import type { ReportBody } from '#core/report.ts';
import type { Lease } from '#core/wire.ts';

/**
 * The lease with what this worker itself has not told yet: steps that an earlier run ended while the API was away are in
 * the ledger too, so that none is run again. Their reports are sent before any new one.
 */
export const withUnsent = (lease: Lease, unsent: readonly ReportBody[]): Lease => ({
  ...lease,
  ledger: {
    ...lease.ledger,
    ...Object.fromEntries(unsent.flatMap((body) => (body.type === 'step-ended' ? [[body.step, body.outcome]] : []))),
  },
});
