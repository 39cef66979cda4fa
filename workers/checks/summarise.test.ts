import { expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { pairsOf, verdictOf, worst } from './summarise.ts';

const check = (name: string, result: CheckResult['result'], from = 'h1', to: string | null = 'h2'): CheckResult => ({
  level: 'L4',
  check: name,
  network: 'n',
  from,
  to,
  target: 't',
  result,
  detail: result,
  ms: result === 'ok' ? 0.4 : null,
});

test('what failed outweighs what could not be seen, and both outweigh what passed', () => {
  expect(worst(['ok', 'unknown', 'failed'])).toBe('failed');
  expect(worst(['ok', 'unknown'])).toBe('unknown');
  expect(worst(['ok', 'skipped'])).toBe('ok');
  expect(worst([])).toBe('skipped');
});

test('every ordered pair has a verdict, and one that nothing was tested on is skipped', () => {
  const peers = new Map([
    ['h1', ['h2']],
    ['h2', ['h1']],
  ]);
  expect(pairsOf(peers, [check('ping', 'ok'), check('tcp', 'ok')])).toEqual([
    { from: 'h1', to: 'h2', result: 'ok', rttMs: 0.4 },
    { from: 'h2', to: 'h1', result: 'skipped', rttMs: null },
  ]);
});

test('a pair with a host that could not be looked at is unknown, not skipped', () => {
  const peers = new Map([['h3', ['h1']]]);
  expect(pairsOf(peers, [], new Map([['h3', 'its engine is down']]))).toMatchObject([{ result: 'unknown' }]);
});

test('a verification that could not see something is incomplete, never passed', () => {
  expect(verdictOf([check('ping', 'ok'), check('dns', 'unknown')], [])).toBe('incomplete');
  expect(verdictOf([check('ping', 'ok')], [])).toBe('passed');
});
