import { expect, test } from 'vitest';
import { moment, withMoments } from './moments.ts';

test('a point in time is told to the second, in the one time zone', () => {
  expect(moment('2026-10-04T08:15:30.123Z')).toBe('2026-10-04 08:15:30Z');
});

test('the moments of a sentence are told as its reader is to see them, and nothing else of it changes', () => {
  const said = 'demo is locked by ada until 2026-10-04T08:15:30.000Z: T-shirts, 2026-10-04 and T08:15';
  expect(withMoments(said)).toBe('demo is locked by ada until 2026-10-04 08:15:30Z: T-shirts, 2026-10-04 and T08:15');
  expect(withMoments(said, () => 'then')).toContain('until then: T-shirts');
});

test('a command that is to be typed stays as it is', () => {
  expect(
    withMoments('Since 2026-10-04T08:15:30Z: `flotilla service logs web --since 2026-10-04T08:15:30.000000001Z`.'),
  ).toBe('Since 2026-10-04 08:15:30Z: `flotilla service logs web --since 2026-10-04T08:15:30.000000001Z`.');
});
