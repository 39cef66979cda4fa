import { expect, test } from 'vitest';
import type { OperationView } from './wire.ts';
import { undoRevision } from './undo.ts';

const plan = (base: number | null): NonNullable<OperationView['plan']> => ({
  cluster: 'demo',
  digest: 'd',
  base,
  revision: 3,
  steps: [],
  decisions: [],
  risk: 'low',
  warnings: [],
});
const steps = (state: 'waiting' | 'ended'): OperationView['steps'] => [
  {
    step: { id: 'remove-network:a', kind: 'remove-network', host: null, args: { network: 'a', id: 'n' }, after: [] },
    state,
    outcome: null,
    ms: null,
  },
];
const undo = (more: Partial<Parameters<typeof undoRevision>[0]> = {}) =>
  undoRevision({ kind: 'apply', state: 'failed', plan: plan(2), steps: steps('ended'), ...more });

test('an apply that failed or was cancelled midway goes back to the revision before it', () => {
  expect(undo()).toBe(2);
  expect(undo({ state: 'cancelled' })).toBe(2);
});

test('where the revision before it failed too, to the last that did not; to none where all did', () => {
  expect(undo({ wholeBefore: 1 })).toBe(1);
  expect(undo({ wholeBefore: null })).toBeNull();
  expect(undo({ wholeBefore: 3 })).toBeNull();
});

test('a cluster that was taken down goes back to what it was', () => {
  const args = { node: 'h1', id: 'n' };
  const down: OperationView['plan'] = {
    ...plan(2),
    steps: [{ id: 'end-swarm:h1', kind: 'end-swarm', host: 'h1', args, after: [] }],
  };
  expect(undo({ state: 'succeeded', plan: down })).toBe(2);
});

test('there is nothing to go back to from what has not begun, was the first, mended drift, or succeeded', () => {
  expect(undo({ steps: steps('waiting') })).toBeNull();
  expect(undo({ plan: plan(null) })).toBeNull();
  expect(undo({ plan: plan(3) })).toBeNull();
  expect(undo({ state: 'succeeded' })).toBeNull();
  expect(undo({ kind: 'verify', plan: null })).toBeNull();
});
