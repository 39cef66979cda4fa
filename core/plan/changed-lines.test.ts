import { expect, test } from 'vitest';
import { changedLines } from './changed-lines.ts';

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('');

test('lines that go and lines that come are told in their order, and those that stay are not', () => {
  expect(changedLines(text('a', 'b', 'c', 'd', 'e'), text('a', 'x', 'c', 'y', 'd', 'e', 'f'))).toEqual([
    '-b',
    '+x',
    '+y',
    '+f',
  ]);
});

test('the same text has none', () => {
  expect(changedLines(text('a', 'b'), text('a', 'b'))).toEqual([]);
});

test('an end of line that is missing is a change', () => {
  expect(changedLines('a\nb', 'a\nb\n')).toEqual(['-b (no end of line)', '+b']);
});

test('of many only the first are told, and of long ones only their beginning', () => {
  const many = Array.from({ length: 30 }, (_, at) => String(at));
  expect(changedLines(text('a'), text('a', ...many)).slice(-2)).toEqual(['+19', '… and 10 more']);
  expect(changedLines(text('a'), text('b'.repeat(500)))[1]).toHaveLength(121);
});

test('of two long texts that have little in common everything between the first and the last change is told', () => {
  const lines = (mark: string) => Array.from({ length: 2000 }, (_, at) => `${mark}${at}`);
  const changes = changedLines(text('first', ...lines('a'), 'last'), text('first', ...lines('b'), 'last'));
  expect(changes.at(-1)).toBe('… and 3980 more');
});
