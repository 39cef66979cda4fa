import { expect, test } from 'vitest';
import { canBecome, isAnswered, isFinished, operationStates, takesTurn } from './operation.ts';

test('an operation is queued, then runs, or awaits approval and is queued again, then ends; what has ended stays so', () => {
  const moves = operationStates.flatMap((from) =>
    operationStates.filter((to) => canBecome(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(moves).toEqual([
    'queued → running',
    'queued → failed',
    'queued → blocked',
    'queued → cancelled',
    'awaiting-approval → queued',
    'awaiting-approval → blocked',
    'awaiting-approval → cancelled',
    'running → awaiting-approval',
    'running → succeeded',
    'running → failed',
    'running → blocked',
    'running → cancelled',
  ]);
  expect(operationStates.filter((state) => isFinished(state))).toEqual(['succeeded', 'failed', 'blocked', 'cancelled']);
});

test('a verification waits for its turn like a change; looking does not', () => {
  expect(takesTurn('apply') && takesTurn('verify')).toBe(true);
  expect(takesTurn('plan') || takesTurn('inspect') || takesTurn('probe-host')).toBe(false);
});

test('a question that was answered is nothing to retry; one that failed is, and so is any work', () => {
  expect(isAnswered({ kind: 'ps', state: 'succeeded' })).toBe(true);
  expect(isAnswered({ kind: 'ps', state: 'failed' }) || isAnswered({ kind: 'apply', state: 'succeeded' })).toBe(false);
});
