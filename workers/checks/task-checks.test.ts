import { expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { skipEnded } from './task-checks.ts';

const checkOf = (target: string, result: CheckResult['result'], check = 'tcp'): CheckResult => ({
  level: 'L5',
  check,
  network: 'net',
  from: 'h1',
  to: 'h2',
  target,
  result,
  detail: '',
  ms: null,
});

test('what was asked of a service of which nothing runs is skipped, whether it passed or failed', () => {
  const checks = [checkOf('job', 'skipped', 'tasks')];
  const asked = [checkOf('job', 'failed'), checkOf('job h1:8080', 'ok'), checkOf('web', 'failed')];
  expect(skipEnded(asked, { checks }).map(({ target, result }) => `${target} ${result}`)).toEqual([
    'job skipped',
    'job h1:8080 skipped',
    'web failed',
  ]);
});
