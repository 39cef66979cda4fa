import { expect, test } from 'vitest';
import { colours } from './paint.ts';
import { cut, displayWidth, fold, pad, wrap } from './width.ts';

test('wide characters take two columns, combining marks and colours none', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('✓ ok')).toBe(4);
  expect(displayWidth('網路')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('👩‍👩‍👧')).toBe(2);
  expect(displayWidth(colours.red('✗ no'))).toBe(4);
});

test('a cut text has the wanted width, keeps its colours and closes them', () => {
  expect(cut('connectivity', 6)).toBe('conne…');
  expect(cut('網路網路', 5)).toBe('網路…');
  expect(cut(colours.red('connectivity'), 6)).toBe('\u001B[31mconne…\u001B[39m');
  expect(cut(`${colours.red('abc')}def`, 4)).toBe('\u001B[31mabc\u001B[39m…');
  expect(cut('short', 5)).toBe('short');
  expect(cut('short', 0)).toBe('');
});

test('padding counts columns, not characters', () => {
  expect(pad('網', 4)).toBe('網  ');
  expect(pad('7', 3, 'right')).toBe('  7');
  expect(pad('longer', 3)).toBe('longer');
});

test('wrapping breaks at spaces and leaves long words whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('aaaaaaaaaa b', 4)).toEqual(['aaaaaaaaaa', 'b']);
  expect(wrap('a\nb', 10)).toEqual(['a', 'b']);
});

test('a line that is too long goes on below its own beginning; one that fits stays as it is', () => {
  expect(fold('? L3 dns  not known: nobody answers', 22)).toEqual(['? L3 dns  not known:', '  nobody answers']);
  expect(fold('    two words', 80)).toEqual(['    two words']);
  expect(fold('    as wide as it is', undefined)).toEqual(['    as wide as it is']);
});
