import { expect, test } from 'vitest';
import { check, finding } from '#core/testing/reports.ts';
import type { Verification } from '#core/verification.ts';
import { outcomeOf } from './verify.ts';

const away = check({ result: 'unknown', detail: 'Connection refused.' });
const verification: Verification = {
  startedAt: '2026-11-24T10:00:00.000Z',
  seconds: 1,
  verdict: 'incomplete',
  nodes: ['h1', 'h2'],
  sampled: false,
  pairs: [],
  checks: [away, away, check()],
  findings: [],
};
const engineDown = finding({ id: 'engine-down', message: 'The Docker Engine of h2 does not run.', fix: 'Start it.' });
const told = (more: Partial<Verification>) => outcomeOf({ ...verification, ...more });

test('checks that could not be made are told with their reason, where no cause is known', () => {
  expect(told({})).toMatchObject({
    error: {
      message: '1 of 3 checks passed and none failed; 2 could not be made: Connection refused.',
      next: expect.stringContaining('again'),
    },
  });
});

test('and with the cause where it is, which is more than the first reason', () => {
  expect(told({ findings: [engineDown] })).toMatchObject({
    error: {
      message: 'The Docker Engine of h2 does not run. 1 of 3 checks passed and none failed; 2 could not be made.',
      next: 'Start it.',
    },
  });
});

test('a warning beside them is not told as the cause', () => {
  const skew = finding({ severity: 'warning', message: 'The clocks differ.' });
  expect(told({ findings: [skew] })).toMatchObject({
    error: { message: expect.stringMatching(/^1 of 3 checks passed/) },
  });
});

test('what failed is told by its cause alone', () => {
  expect(told({ verdict: 'failed', findings: [engineDown] })).toMatchObject({
    error: { message: 'The Docker Engine of h2 does not run.' },
  });
});

test('a second cause is told beside the first, and how many more there are', () => {
  const blocked = finding({ id: 'data-port-blocked', message: 'UDP 4789 does not pass into h3.' });
  const also = 'The Docker Engine of h2 does not run. Also: UDP 4789 does not pass into h3.';
  expect(told({ verdict: 'failed', findings: [engineDown, blocked] })).toMatchObject({ error: { message: also } });
  const third = finding({ id: 'mtu-too-big', message: 'The MTU is too big.' });
  expect(told({ verdict: 'failed', findings: [engineDown, blocked, third] })).toMatchObject({
    error: { message: `${also} And 1 more.`, next: 'Start it.' },
  });
  expect(told({ findings: [engineDown, blocked] })).toMatchObject({
    error: { message: `${also} 1 of 3 checks passed and none failed; 2 could not be made.` },
  });
});
