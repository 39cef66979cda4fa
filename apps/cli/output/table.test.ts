import { expect, test } from 'vitest';
import { colours } from './paint.ts';
import { pairs, table } from './table.ts';

const columns = [{ title: 'HOST' }, { title: 'WHAT', elastic: true }, { title: 'MS', align: 'right' as const }];

test('columns line up, numbers to the right, also with wide characters and colours', () => {
  const rows = [
    ['h1', colours.green('ok'), '7'],
    ['主機', 'a longer text', '1200'],
  ];
  expect(table(columns, rows)).toEqual([
    'HOST  WHAT             MS',
    'h1    \u001B[32mok\u001B[39m                7',
    '主機  a longer text  1200',
  ]);
});

test('a narrow window shortens only elastic columns, and never below eight columns', () => {
  const rows = [['a-very-long-host-name', 'a description of what happened', '7']];
  expect(table(columns, rows, { width: 42 })).toEqual([
    'HOST                   WHAT             MS',
    'a-very-long-host-name  a description …   7',
  ]);
  expect(table(columns, rows, { width: 10 })[1]).toBe('a-very-long-host-name  a descr…   7');
});

test('what must be read whole goes on below, and what can be spared is left out of a narrow window', () => {
  const why = [{ title: 'TASK' }, { title: 'HASH', spare: true }, { title: 'WHY', wraps: true }];
  const rows = [['web.1', '2a1fbf64', 'the one before failed 2 min ago: task: non-zero exit (1)']];
  expect(table(why, rows, { width: 40 })).toEqual([
    'TASK   WHY',
    'web.1  the one before failed 2 min ago:',
    '       task: non-zero exit (1)',
  ]);
  expect(table(why, rows)[1]).toBe(`web.1  2a1fbf64  ${rows[0]?.[2]}`);
});

test('a narrow window shows a shorter form where there is one', () => {
  const ids = [{ title: 'OPERATION', brief: (id: string) => id.slice(-4) }, { title: 'BY' }];
  expect(table(ids, [['op_01m8gpyg', 'root']], { width: 16 })[1]).toBe('gpyg       root');
  expect(table(ids, [['op_01m8gpyg', 'root']], { width: 17 })[1]).toBe('op_01m8gpyg  root');
});

test('without a width nothing is cut; a line break in a cell does not break the table', () => {
  expect(table([{ title: 'A' }, { title: 'B' }], [['x\ny', 'z'.repeat(300)]])[1]).toBe(`x y  ${'z'.repeat(300)}`);
});

test('an empty table still has its heading', () => {
  expect(table(columns, [])).toEqual(['HOST  WHAT  MS']);
});

test('pairs align their values', () => {
  expect(
    pairs([
      ['driver', 'overlay'],
      ['MTU', '1450'],
    ]),
  ).toEqual(['driver  overlay', 'MTU     1450']);
});
