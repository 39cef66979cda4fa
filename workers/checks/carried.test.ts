import { expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { withCarried } from './carried.ts';

const check = (name: string, from: string, to: string, result: CheckResult['result'], more = {}): CheckResult => ({
  level: name === 'bulk' ? 'L5' : 'L4',
  check: name,
  network: 'net',
  from,
  to,
  target: '10.200.1.2',
  result,
  detail: 'no answer within 2 s',
  ms: null,
  ...more,
});
const there = check('bulk', 'h1', 'h2', 'ok');
const back = check('bulk', 'h2', 'h1', 'ok');
const lost = check('ping-large', 'h1', 'h2', 'failed');
const resultOf = (checks: CheckResult[]) => withCarried(checks).find((one) => one.check === 'ping-large')?.result;

test('a full-sized echo that was lost where a megabyte passed each way was lost by chance', () => {
  expect(resultOf([lost, there, back])).toBe('ok');
});

test('it stays lost where a megabyte passed one way only, on another network, or not at all', () => {
  expect(resultOf([lost, there])).toBe('failed');
  expect(resultOf([lost, there, check('bulk', 'h2', 'h1', 'failed')])).toBe('failed');
  expect(resultOf([lost, there, { ...back, network: 'other' }])).toBe('failed');
});

test('it stays too large where somebody said so: TCP takes smaller packets then', () => {
  expect(resultOf([{ ...lost, error: 'too_long' }, there, back])).toBe('failed');
});
