import { expect, test } from 'vitest';
import { everyText, secondsOf } from './schedule.ts';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['7d', 604_800],
])('%s is %i seconds, and back', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
  expect(everyText(seconds)).toBe(text);
});

test.each(['', '15', 'm', '1.5h', '-1m', '15 minutes', '1y'])('%j is no time', (text) => {
  expect(secondsOf(text)).toBeNull();
});
