import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exitMeanings } from '#core/errors.ts';
import { exitCodeOfOperation, tellsPreflight } from './conclude.ts';

const error = (code: string) => ({ code, message: 'It ended.' });

test.each([
  ['succeeded', null, 0],
  ['cancelled', error('cancelled'), 9],
  ['blocked', error('plan_refused'), 6],
  ['blocked', error('port_taken'), 6],
  ['blocked', error('image_not_found'), 6],
  ['failed', error('port_taken'), 1],
  ['failed', error('image_not_found'), 1],
  ['failed', error('step_failed'), 1],
  ['failed', error('host_unreachable'), 7],
  ['failed', error('verification_failed'), 8],
  ['blocked', error('live-restore'), 1],
] as const)('an operation that has %s with %o exits with %i', (state, why, exitCode) => {
  expect(exitCodeOfOperation({ state, error: why })).toBe(exitCode);
});

test.each([
  ['preflight', 'succeeded', 'passed', true],
  ['apply', 'succeeded', 'incomplete', false],
  ['apply', 'failed', 'passed', false],
  ['apply', 'failed', 'failed', true],
  ['apply', 'failed', 'incomplete', true],
] as const)('of a %s that %s its preflight, which %s, is told: %s', (kind, state, verdict, tells) => {
  expect(tellsPreflight({ kind, state }, { verdict }, false)).toBe(tells);
  expect(tellsPreflight({ kind, state }, { verdict }, true)).toBe(true);
});

test('the page says of each exit code what the help says', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');
  for (const [code, meaning] of exitMeanings) expect(page).toContain(`| ${code} | ${meaning} |`);
});
