import { expect, test } from 'vitest';
import { csvCell } from './csv.ts';

test.each([
  ['plain', 'plain'],
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-7d', "'-7d"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['say "hi", you', '"say ""hi"", you"'],
  ['=cmd|" /C calc"!A0,', `"'=cmd|"" /C calc""!A0,"`],
  ['two\nlines', '"two\nlines"'],
])('the cell %j is written as %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
