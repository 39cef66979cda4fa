import { expect, test } from 'vitest';
import { SeenMessages } from './seen-messages.ts';

const at = (n: number): string => `2026-11-28T11:34:00.${String(n).padStart(9, '0')}Z`;

test('messages come again from the oldest that is remembered, and each counts as often as it came', () => {
  const seen = new SeenMessages();
  for (const n of [1, 2, 2, 5]) expect(seen.isNew('stdout', at(n))).toBe(true);
  expect(seen.since).toBe(at(1));
  seen.again();
  const news = [1, 2, 2, 2, 3, 5, 6, 6].map((n) => seen.isNew('stdout', at(n)));
  expect(news).toEqual([false, false, false, true, true, false, true, true]);
});

test('of many the last are remembered, and the rest is known by its time', () => {
  const seen = new SeenMessages();
  for (let n = 1; n <= 2000; n += 1) seen.isNew('stdout', at(n));
  expect(seen.since).toBe(at(1489));
  seen.again();
  const news = Array.from({ length: 600 }, (_, n) => seen.isNew('stdout', at(1489 + n)));
  expect(news.filter((isNew) => !isNew)).toHaveLength(512);
  expect(seen.isNew('stderr', at(2500))).toBe(true);
});

test('a clock that was set back while nothing broke takes no line away', () => {
  const seen = new SeenMessages();
  expect([5, 3, 4].map((n) => seen.isNew('stdout', at(n)))).toEqual([true, true, true]);
});
