import { expect, test } from 'vitest';
import type { LogRecord } from '#core/logs.ts';
import { endingLines, jsonLine, printedLines } from './logs-view.ts';
import { colours, noColours } from './paint.ts';

const line = (name: string, text: string, more: { leftOut?: number } = {}): LogRecord => ({
  type: 'line',
  name,
  host: 'h2',
  at: '2026-11-28T11:34:00.000000001Z',
  stream: 'stdout',
  text,
  ...more,
});
const source = (name: string, more: Partial<Extract<LogRecord, { type: 'source' }>> = {}): LogRecord => ({
  type: 'source',
  name,
  host: 'h2',
  task: 'k3j9xq',
  container: 'c0ffee123456789',
  state: 'running',
  exitCode: null,
  error: '',
  lines: 1,
  cut: null,
  ...more,
});
const unseen = (name: string, reason: string): LogRecord => ({
  type: 'unseen',
  name,
  host: 'h3',
  task: 'abc',
  reason,
  code: 'host_unreachable',
});
const terminal = { timestamps: false, paint: noColours, width: 80, isTerminal: true };
const pipe = { ...terminal, width: undefined, isTerminal: false };

test('a program steers no terminal: colours go, everything else is shown as its number; a pipe gets it as it is', () => {
  const text = '\u001B[1;31mred\u001B[0m\u001B]0;title\u0007\u001B[2J\u009B1A\ttab';
  expect(printedLines([line('web.1', text)], terminal)).toEqual([
    'web.1@h2 | red\\x1b]0;title\\x07\\x1b[2J\\x9b1A    tab',
  ]);
  expect(printedLines([line('web.1', text)], pipe)).toEqual([`web.1@h2 | ${text}`]);
});

test('long lines are broken to the width behind their origin, and keep how they are indented', () => {
  const words = `  at ${'com.example.Main '.repeat(8)}end`;
  const shown = printedLines([line('web.1', words), line('web.10', 'x'.repeat(100))], terminal);
  expect(shown).toEqual([
    'web.1@h2  |   at com.example.Main com.example.Main com.example.Main',
    '            com.example.Main com.example.Main com.example.Main com.example.Main',
    '            com.example.Main end',
    `web.10@h2 | ${'x'.repeat(68)}`,
    `            ${'x'.repeat(32)}`,
  ]);
});

test('an origin that takes half of the width stands above its line', () => {
  const name = 'a-service-with-a-very-long-name.1.k3j9xq';
  expect(printedLines([line(name, 'one')], terminal)).toEqual([`${name}@h2 |`, '  one']);
});

test('wide characters take two columns', () => {
  const shown = printedLines([line('web.1', '好'.repeat(40))], { ...terminal, width: 40 });
  expect(shown.map((one) => one.length)).toEqual([11 + 14, 11 + 14, 11 + 12]);
});

test('each origin has its colour, whatever comes first', () => {
  const coloured = { ...terminal, paint: colours };
  const [one, two] = [line('web.1', 'a'), line('web.2', 'b')];
  expect(printedLines([one, two], coloured)).toEqual(printedLines([two, one], coloured).toReversed());
});

test('times are shown where they are asked for, and what was left out of a line always', () => {
  expect(printedLines([line('web.1', 'a', { leftOut: 70 })], { ...pipe, timestamps: true })).toEqual([
    'web.1@h2 | 2026-11-28T11:34:00.000000001Z a … (70 bytes more)',
  ]);
});

test('what is shown is never all without a word: silent, cut, ended badly and not seen', () => {
  const records: LogRecord[] = [
    line('web.1', 'a'),
    source('web.1', { state: 'exited', exitCode: 3 }),
    source('web.2', { lines: 0 }),
    source('web.3', { lines: 812, cut: 'bytes' }),
    unseen('web.4', 'h3 cannot be reached.'),
    unseen('web.5', 'h3 cannot be reached.'),
    { type: 'note', text: 'No manager answers.' },
    { type: 'end', lines: 1 },
  ];
  expect(endingLines(records, {})).toEqual([
    '· web.1@h2: exited with 3',
    '· web.2@h2: printed nothing that was asked for (running)',
    '! web.3@h2: only its newest lines are shown (812): one answer has room for no more. Fewer tasks (--task) or a shorter time (--since) leave more of it; `docker logs c0ffee123456` on h2 shows all.',
    '? web.4@h3, web.5@h3: not seen: h3 cannot be reached.',
    '? No manager answers.',
  ]);
  expect(endingLines(records, { quiet: true })[0]).toMatch(/^!/);
});

test('JSON is safe at a terminal, and means the same', () => {
  const record = line('web.1', '\u001B[2J\u009B\u202E');
  expect(jsonLine(record)).not.toMatch(/(?!\n)\p{Cc}|\u202E/u);
  expect(JSON.parse(jsonLine(record))).toEqual(record);
});
