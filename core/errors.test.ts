import { expect, test } from 'vitest';
import { errorCodes, exitCodeOf, statusOf, titleOf } from './errors.ts';

test('every code has a title, a refusal as HTTP status, and an exit code that a shell can tell from success', () => {
  for (const code of errorCodes) {
    expect(titleOf(code)).not.toBe('');
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
    expect(exitCodeOf(code)).toBeGreaterThan(0);
    expect(exitCodeOf(code)).toBeLessThan(126);
  }
});
