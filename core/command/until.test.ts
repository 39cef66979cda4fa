import { expect, it } from 'vitest';
import { minutesUntil } from './until.ts';

const now = Date.parse('2026-11-27T17:30:00Z');

it.each([
  ['18:00', 30],
  ['17:00', 23 * 60 + 30],
  ['2026-11-28', 390],
  ['2026-11-27T18:30Z', 60],
  ['2026-11-27T16:30Z', -60],
  ['25:00', null],
  ['tomorrow', null],
  ['-2h', null],
])('until %s are %s minutes', (text, minutes) => {
  expect(minutesUntil(text, now)).toBe(minutes);
});
