import { describe, expect, test } from 'vitest';
import type { Pair } from '#core/verification.ts';
import { matrix } from './matrix.ts';
import { colours } from './paint.ts';
import { displayWidth } from './width.ts';

const pair = (from: string, to: string, result: Pair['result'], rttMs: number | null = null): Pair => ({
  from,
  to,
  result,
  rttMs,
});

test('a row per sender and a column per receiver, with the round trip', () => {
  const nodes = ['h1', 'h2', 'node-three'];
  const pairs = [
    pair('h1', 'h2', 'ok', 0.42),
    pair('h1', 'node-three', 'ok', 12.6),
    pair('h2', 'h1', 'failed'),
    pair('h2', 'node-three', 'unknown'),
    pair('node-three', 'h1', 'skipped'),
  ];
  expect(matrix({ nodes, pairs })).toEqual([
    'from \\ to   h1  h2     node-three',
    'h1          -   ✓ 0.4  ✓ 13',
    'h2          ✗   -      ?',
    'node-three  ·   ·      -',
    '✓ reached   ✗ failed   ? not known   · not tested   numbers: round trip in ms',
  ]);
});

test('the legend has only the symbols that occur', () => {
  const lines = matrix({ nodes: ['a', 'b'], pairs: [pair('a', 'b', 'ok'), pair('b', 'a', 'ok')] });
  expect(lines.at(-1)).toBe('✓ reached');
});

test('a direction that fails is red, its opposite green', () => {
  const lines = matrix({ nodes: ['a', 'b'], pairs: [pair('a', 'b', 'failed'), pair('b', 'a', 'ok')] }, colours);
  expect(lines[1]).toContain('\u001B[31m✗\u001B[39m');
  expect(lines[2]).toContain('\u001B[32m✓\u001B[39m');
});

test('above 15 nodes columns have numbers and a cell is one symbol', () => {
  const nodes = Array.from({ length: 16 }, (_, at) => `n${at + 1}`);
  const pairs = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => pair(from, to, 'ok', 1)));
  const lines = matrix({ nodes, pairs });
  expect(lines.slice(0, 3)).toEqual([
    '                   1111111',
    'from \\ to 1234567890123456',
    ' 1 n1     -✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓',
  ]);
  expect(lines[17]).toBe('16 n16    ✓✓✓✓✓✓✓✓✓✓✓✓✓✓✓-');
  expect(lines).toHaveLength(19);
});

test('fifty nodes with long names fit into 80 columns', () => {
  const nodes = Array.from({ length: 50 }, (_, at) => `worker-${at + 1}.datacenter-one.example.com`);
  const lines = matrix({ nodes, pairs: [] }, undefined, 80);
  expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(80);
  expect(lines[2]).toContain('worker-1');
});

describe('of more nodes than fit beside each other', () => {
  const nodes = Array.from({ length: 120 }, (_, at) => `n${at + 1}`);
  const all = nodes.flatMap((from, at) =>
    [1, 2].map((step) => pair(from, nodes[(at + step) % nodes.length] ?? '', 'ok', 1)),
  );

  test('it is said that all reach each other where they do', () => {
    expect(matrix({ nodes, pairs: all }, undefined, 80)).toEqual([
      'All 120 nodes reach and are reached, as far as was tested.',
    ]);
  });

  test('those that lack something are listed, the worst first', () => {
    const pairs = all.map((one) =>
      one.to === 'n7'
        ? { ...one, result: 'failed' as const }
        : one.from === 'n40'
          ? { ...one, result: 'unknown' as const }
          : one,
    );
    expect(matrix({ nodes, pairs }, undefined, 80)).toEqual([
      'node  reaches              reached by',
      'n7    2 of 2               0 of 2',
      'n40   0 of 2, 2 not known  2 of 2',
      'n5    1 of 2               2 of 2',
      'n6    1 of 2               2 of 2',
      'n41   2 of 2               1 of 2, 1 not known',
      'n42   2 of 2               1 of 2, 1 not known',
      'The other 114 nodes reach and are reached, as far as was tested.',
    ]);
  });

  test('of very many the first twenty are listed, and the rest is counted', () => {
    const lines = matrix({ nodes, pairs: all.map((one) => ({ ...one, result: 'failed' as const })) }, undefined, 80);
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('and 100 more that lack some');
  });
});
