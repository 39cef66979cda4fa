import { expect, test } from 'vitest';
import { Ages } from './ages.ts';

let now = 0;
const start = Date.parse('2026-10-04T08:00:00Z');
const agesOf = () => new Ages({ wallMs: () => start + now, monotonicMs: () => now });

test('what runs is young until it says that it has run for five seconds', () => {
  now = 0;
  const ages = agesOf();
  expect(ages.isYoung('t1', '2026-10-04T07:59:58Z')).toBe(true);
  now = 3000;
  expect(ages.isYoung('t1', '2026-10-04T07:59:58Z')).toBe(false);
});

test('where the host has a clock that is ahead, it was seen for five seconds then', () => {
  now = 0;
  const ages = agesOf();
  expect(ages.isYoung('t1', '2026-10-04T09:00:00Z')).toBe(true);
  now = 5000;
  expect(ages.isYoung('t1', '2026-10-04T09:00:00Z')).toBe(false);
  expect(ages.isYoung('another', '2026-10-04T09:00:00Z')).toBe(true);
});

test('one that was started anew is young again', () => {
  now = 0;
  const ages = agesOf();
  ages.isYoung('c1', '2026-10-04T07:59:56Z');
  now = 4000;
  expect(ages.isYoung('c1', '2026-10-04T08:00:04Z')).toBe(true);
});

test('one that does not say since when it runs is believed', () => {
  now = 0;
  expect(agesOf().isYoung('t1', null)).toBe(false);
});
