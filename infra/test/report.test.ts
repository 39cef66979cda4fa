import { describe, expect, test } from 'vitest';
import { mayBeAskedAgain, parseReport, type Report, replaced, summarise } from './report.ts';

const file = (name: string, ...statuses: string[]) => ({
  name: `/repo/${name}`,
  status: statuses.every((status) => status === 'passed') && statuses.length > 0 ? 'passed' : 'failed',
  assertionResults: statuses.map((status, at) => ({ status, fullName: `${name} ${at}` })),
});
const report = (...testResults: Report['testResults']): Report => ({ testResults, errors: [] });

describe('the answer of a test run', () => {
  test('counts tests, and a file that could not run as one failure', () => {
    const mixed = report(file('core/a.test.ts', 'passed', 'failed'), file('core/b.test.ts'));
    expect(summarise(mixed, { skippedFails: false })).toEqual({
      passed: 1,
      failed: 2,
      lines: ['could not run: /repo/core/b.test.ts'],
    });
  });

  test('takes a file whose end failed after its tests passed for a failure', () => {
    const torn = report({ ...file('test/lab/a.test.ts', 'passed'), status: 'failed' });
    expect(summarise(torn, { skippedFails: true })).toMatchObject({ passed: 1, failed: 1 });
  });

  test('takes a skipped test for a failure only where the lab can run', () => {
    const sound = report({ ...file('test/lab/a.test.ts', 'passed', 'skipped'), status: 'passed' });
    expect(summarise(sound, { skippedFails: true }).failed).toBe(1);
    expect(summarise(sound, { skippedFails: false }).failed).toBe(0);
  });

  test('takes an error outside of tests for a failure, and a run that fails without a word as well', () => {
    const passed = JSON.stringify(report(file('core/a.test.ts', 'passed')));
    const torn = parseReport({ code: 1, tests: passed, errors: '["Error: too late"]' });
    expect(summarise(torn, { skippedFails: true })).toEqual({
      passed: 1,
      failed: 1,
      lines: ['outside of tests: Error: too late'],
    });
    const mute = parseReport({ code: 1, tests: passed, errors: '[]' });
    expect(summarise(mute, { skippedFails: true }).lines).toEqual([
      'outside of tests: vitest ended with 1 and did not say why',
    ]);
  });
});

describe('files that are asked again', () => {
  test('are those that start programs or make hosts', () => {
    const failures = report(
      file('core/a.test.ts', 'failed'),
      file('infra/test/report.test.ts', 'failed'),
      file('test/scenarios/b.test.ts', 'failed'),
      file('test/lab/c.test.ts', 'passed'),
    );
    expect(mayBeAskedAgain(failures, '/repo')).toEqual(['/repo/test/scenarios/b.test.ts']);
  });

  test('count as they were the second time, and the others as before', () => {
    const first = report(file('core/a.test.ts', 'failed'), file('test/scenarios/b.test.ts', 'failed', 'passed'));
    const second = report(file('test/scenarios/b.test.ts', 'passed', 'passed'));
    expect(summarise(replaced(first, second), { skippedFails: true })).toMatchObject({ passed: 2, failed: 1 });
  });

  test('take back no error outside of tests, of the first time or of the second', () => {
    const first = { ...report(file('test/scenarios/b.test.ts', 'failed')), errors: ['Error: one'] };
    const second = { ...report(file('test/scenarios/b.test.ts', 'passed')), errors: ['Error: two'] };
    expect(summarise(replaced(first, second), { skippedFails: true })).toEqual({
      passed: 1,
      failed: 2,
      lines: ['outside of tests: Error: one', 'outside of tests: Error: two'],
    });
  });
});
