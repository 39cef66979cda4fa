import { expect, test } from 'vitest';
import { TaskAges } from './task-ages.ts';

let now = 0;
const start = Date.parse('2026-10-04T08:00:00Z');
const agesOf = () => new TaskAges({ wallMs: () => start + now, monotonicMs: () => now });
const task = (timestamp: string | null, id = 't1') => ({ ID: id, Status: { State: 'running', Timestamp: timestamp } });

test('a task is young until it says that it has run for five seconds', () => {
  now = 0;
  const ages = agesOf();
  expect(ages.isYoung(task('2026-10-04T07:59:58Z'))).toBe(true);
  now = 3000;
  expect(ages.isYoung(task('2026-10-04T07:59:58Z'))).toBe(false);
});

test('one whose host has a clock that is ahead was seen for five seconds then', () => {
  now = 0;
  const ages = agesOf();
  expect(ages.isYoung(task('2026-10-04T09:00:00Z'))).toBe(true);
  now = 5000;
  expect(ages.isYoung(task('2026-10-04T09:00:00Z'))).toBe(false);
  expect(ages.isYoung(task('2026-10-04T09:00:00Z', 'another one'))).toBe(true);
});

test('one that does not say since when it runs is believed', () => {
  now = 0;
  expect(agesOf().isYoung(task(null))).toBe(false);
});
