import { expect, test } from 'vitest';
import { compareVersions } from './version.ts';

test.each([
  ['1.41', '1.41', 0],
  ['1.9', '1.41', -1],
  ['1.47', '1.41', 1],
  ['2.0', '1.55', 1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});
