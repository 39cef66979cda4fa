import { expect, test } from 'vitest';
import { toldIn } from './telling.ts';

test('pieces of one run come together, whatever other runs tell in between', () => {
  const log = 'a1 {"event":\nb2 other\na1 "ready"}%0a\n{"event":"ready"}\na1. 2\nb2 more\n';
  expect(toldIn(log, 'a1')).toEqual({ text: '{"event":"ready"}\n', isWhole: true });
});

test('letters that were cut between two pieces come out whole', () => {
  expect(toldIn('a1 %e2%86\na1 %92 100%25\na1. 2\n', 'a1').text).toBe('→ 100%');
});

test('without its last line a run has not told all', () => {
  expect(toldIn('a1 {"event":"ready"}%0a\nb2. 1\n', 'a1').isWhole).toBe(false);
  expect(toldIn('', 'a1')).toEqual({ text: '', isWhole: false });
});

test('a run of which a piece was lost has not told all', () => {
  expect(toldIn('a1 one\na1 three\na1. 3\n', 'a1').isWhole).toBe(false);
});
