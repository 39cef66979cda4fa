import { expect, test } from 'vitest';
import { ago, count, duration } from './duration.ts';

test('durations are as exact as it helps', () => {
  expect([0, 340, 3440, 59_949, 59_951, 125_000, 3_780_000].map(duration)).toEqual([
    '0 ms',
    '340 ms',
    '3.4 s',
    '59.9 s',
    '1 min 00 s',
    '2 min 05 s',
    '1 h 03 min',
  ]);
});

test('times are told as people tell them; a clock that is ahead does not show', () => {
  const now = Date.parse('2026-10-04T08:00:00Z');
  expect(ago('2026-10-04T08:00:30Z', now)).toBe('just now');
  expect(ago('2026-10-04T07:57:00Z', now)).toBe('3 min ago');
  expect(ago('2026-10-01T07:57:00Z', now)).toBe('3 days ago');
  expect(count(1, 'step')).toBe('1 step');
});
