import { expect, test } from 'vitest';
import { errorCodes, exitCodeOf, exitMeanings, statusOf, titleOf } from './errors.ts';

test('every code has a title, a refusal as HTTP status, and an exit code that a shell can tell from success', () => {
  for (const code of errorCodes) {
    expect(titleOf(code)).not.toBe('');
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
    expect(exitCodeOf(code)).toBeGreaterThan(0);
    expect(exitCodeOf(code)).toBeLessThan(126);
  }
});

test('every exit code has a meaning, and none has one that nothing ends with', () => {
  const ofShell = [0, 130];
  const used = new Set([...ofShell, ...errorCodes.map(exitCodeOf)]);
  expect([...exitMeanings.keys()]).toEqual([...used].sort((a, b) => a - b));
});
