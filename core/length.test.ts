import { expect, test } from 'vitest';
import { lengthText, minutesOf, secondsOf } from './length.ts';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['7d', 604_800],
])('%s is %i seconds, and back', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
  expect(lengthText(seconds)).toBe(text);
});

test.each(['', '15', '90', 'm', '1.5h', '-1m', '-2h', '2 h', '15 minutes', '1y'])('%j is no length', (text) => {
  expect(secondsOf(text)).toBeNull();
  expect(minutesOf(text)).toBeNull();
});

test.each([
  ['30m', 30],
  ['2h', 120],
  ['3d', 4320],
  ['90s', null],
])('%s is %s minutes', (text, minutes) => {
  expect(minutesOf(text)).toBe(minutes);
});
