import { expect, test } from 'vitest';
import { naturally } from './natural-order.ts';

test('numbers in names count as numbers, and names that differ are never the same', () => {
  expect(['h10', 'h2', 'h1', 'db-2', 'db-10'].toSorted(naturally)).toEqual(['db-2', 'db-10', 'h1', 'h2', 'h10']);
  expect(['h01', 'h1', 'H1'].toSorted(naturally)).toEqual(['H1', 'h1', 'h01'].toSorted(naturally));
  expect([naturally('h01', 'h1'), naturally('h1', 'h01'), naturally('h1', 'h1')]).toEqual([-1, 1, 0]);
});
