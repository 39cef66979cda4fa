import { expect, test } from 'vitest';
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
