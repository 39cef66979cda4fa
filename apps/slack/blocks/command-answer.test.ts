import { expect, test } from 'vitest';
import type { CommandResult } from '#core/command/answer.ts';
import { answerMessage } from './command-answer.ts';

const operation: Extract<CommandResult, { kind: 'operation' }>['operation'] = {
  id: 'op_1',
  kind: 'plan',
  cluster: 'demo',
  state: 'queued',
  request: { kind: 'plan', revision: 6 },
  actor: { kind: 'system', name: 'test' },
  reason: null,
  planDigest: null,
  error: null,
  result: null,
  cancelRequested: false,
  retryOf: null,
  createdAt: '2026-11-24T00:00:00.000Z',
  startedAt: null,
  endedAt: null,
};

test.each([
  [null, false],
  [{ revision: 5, current: 4 }, true],
])('a plan that builds on %o is told with what else is applied by it: %s', (onto, isTold) => {
  const result: CommandResult = { kind: 'operation', operation, revision: 6, onto };
  const told = JSON.stringify(answerMessage({ understood: 'network create net1', result }, 'U1', false));
  expect(told.includes('It builds on revision 5, which is proposed and not applied (current is 4)')).toBe(isTold);
});
