import { expect, test } from 'vitest';
import { checkOf } from '../testing/symptoms.ts';
import type { CheckResult } from '../verification.ts';
import { checksKept, condensed } from './condense.ts';
import { junitOf } from './junit.ts';
import { notTested } from './not-tested.ts';
import { countsOf, type Report } from './report.ts';

const many = (count: number, more: Partial<CheckResult>): CheckResult[] =>
  Array.from({ length: count }, (_, at) => checkOf('ping', `h${at}`, `h${at + 1}`, more));
const reportOf = (checks: CheckResult[]): Report => ({
  kind: 'verification',
  id: 'ver_1',
  cluster: 'prod',
  operation: 'op_1',
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 9,
  verdict: 'failed',
  hosts: [],
  sampled: false,
  pairs: [],
  checks,
  findings: [],
});

test('a report with no more checks than are kept is as it was', () => {
  const report = reportOf(many(checksKept, { result: 'ok' }));
  expect(condensed(report)).toBe(report);
});

test('of more checks those are kept that did not pass, and the others are told by their number', () => {
  const report = reportOf([...many(4, {}), ...many(checksKept, { result: 'ok' }), ...many(2, { result: 'unknown' })]);
  const { checks, counted } = condensed(report);
  expect(checks.map(({ result }) => result)).toEqual(['failed', 'failed', 'failed', 'failed', 'unknown', 'unknown']);
  expect(counted).toEqual([{ level: 'L4', check: 'ping', network: 'net', result: 'ok', count: checksKept }]);
});

test('of more failures than are kept some are told by their number, and nothing is lost on the way to any format', () => {
  const report = reportOf([
    ...many(3, { result: 'skipped', detail: 'why' }),
    ...many(checksKept + 7, {}),
    ...many(5, { result: 'unknown' }),
  ]);
  const short = condensed(report);
  expect(short.checks).toHaveLength(checksKept);
  expect(countsOf(short)).toEqual(countsOf(report));
  expect(notTested(short).map(({ result, where }) => [result, where])).toEqual([
    ['skipped', '3 more'],
    ['unknown', '5 more'],
  ]);
  expect(junitOf(short)).toContain('name="7 times ping any → any (any)"');
});
