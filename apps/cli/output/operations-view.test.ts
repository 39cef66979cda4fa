import { expect, test } from 'vitest';
import type { AuditEvent } from '#core/audit.ts';
import type { Operation } from '#core/operation.ts';
import { auditLines } from './audit-view.ts';
import { operationsLines } from './operations-view.ts';

const ada = { kind: 'person' as const, person: 'per_1', name: 'Ada', via: 'token:x' };

const operation: Operation = {
  id: 'op_1',
  kind: 'apply',
  cluster: 'demo',
  state: 'running',
  request: { kind: 'apply', revision: 3, digest: null },
  actor: ada,
  reason: null,
  planDigest: null,
  error: null,
  result: null,
  cancelRequested: true,
  retryOf: null,
  createdAt: '2026-10-04T08:00:00Z',
  startedAt: '2026-10-04T08:00:00Z',
  endedAt: null,
};

test('operations are told with what, state, who, when and how long', () => {
  expect(operationsLines([operation], Date.parse('2026-10-04T08:02:05Z'))).toEqual([
    'OPERATION  WHAT                      STATE                 BY   STARTED          TOOK',
    'op_1       apply revision 3 of demo  running (cancelling)  Ada  2 min ago  2 min 05 s',
  ]);
});

const event: AuditEvent = {
  sequence: 7,
  at: '2026-10-04T08:00:00.123Z',
  action: 'host.added',
  actor: ada,
  source: 'cli',
  outcome: 'succeeded',
  cluster: null,
  target: { kind: 'host', id: 'h1' },
  operation: null,
  reason: null,
  details: {},
  previousHash: '00',
  hash: 'abcdef0123456789',
};

test('audit events leave out columns that say nothing', () => {
  expect(auditLines([event])).toEqual([
    '#  TIME                  WHO        ACTION      OUTCOME    ON       HASH',
    '7  2026-10-04 08:00:00Z  Ada (cli)  host.added  succeeded  host h1  abcdef01',
  ]);
  expect(auditLines([{ ...event, reason: 'new machine' }])[1]).toContain('new machine');
});
