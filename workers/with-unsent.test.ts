import { expect, test } from 'vitest';
import type { ReportBody } from '#core/report.ts';
import type { Lease } from '#core/worker-wire.ts';
import { withUnsent } from './with-unsent.ts';

/** Only what is read of a lease. */
const lease = {
  ledger: { a: { kind: 'done', changes: [] } },
  cluster: { name: 'demo', swarmId: null, nodes: { h1: 'node-1' } },
} as unknown as Lease;
const at = 'then';
const ended = (step: string, kind: 'already-done'): ReportBody =>
  ({ type: 'step-ended', step, outcome: { kind }, ms: 1, at }) as unknown as ReportBody;

test('what this worker has not told yet is in the ledger, beside what is on record', () => {
  const unsent = [{ type: 'step-started', step: 'b', at } as ReportBody, ended('b', 'already-done')];
  expect(Object.keys(withUnsent(lease, unsent).ledger)).toEqual(['a', 'b']);
  expect(withUnsent(lease, unsent).ledger['b']).toEqual({ kind: 'already-done' });
  expect(withUnsent(lease, []).ledger).toEqual(lease.ledger);
});

test('which node a host became is known, though nobody was told of it', () => {
  const unsent: ReportBody[] = [
    { type: 'swarm', swarmId: 'swarm-1', nodes: { h1: 'node-2' }, at },
    { type: 'node', host: 'h2', nodeId: 'node-3', at },
  ];
  expect(withUnsent(lease, unsent).cluster).toEqual({
    name: 'demo',
    swarmId: 'swarm-1',
    nodes: { h1: 'node-2', h2: 'node-3' },
  });
  const none: Lease = { ...lease, cluster: null };
  expect(withUnsent(none, unsent)).toEqual(none);
});
