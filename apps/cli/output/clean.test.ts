import { expect, test } from 'vitest';
import { clean } from './clean.ts';

test('text from elsewhere cannot move the cursor, colour the screen or turn the reading direction', () => {
  const seen = clean({ 'a\u001B[2J': ['b\u0007', { c: 'd\u202Etxt', n: 1, nothing: null }] });
  expect(seen).toEqual({ 'a\\x1b[2J': ['b\\x07', { c: 'd\\x202etxt', n: 1, nothing: null }] });
});

test('tabs, line breaks and every other letter stay', () => {
  expect(clean('a\tb\nc\r\nd ✓ 網 e\u0301')).toBe('a\tb\nc\nd ✓ 網 e\u0301');
});
