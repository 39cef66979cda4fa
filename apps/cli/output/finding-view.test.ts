import { expect, test } from 'vitest';
import { findingOf } from '#core/causes/finding-of.ts';
import { findingsLines } from './finding-view.ts';

const blockedAt = (host: string) =>
  findingOf('data-port-blocked', { message: `UDP 4789 does not pass into ${host}.`, hosts: [host], fix: 'Open it.' });
const hosts = (count: number): string[] => Array.from({ length: count }, (_, at) => `h${at + 1}`);

test('of many findings with one cause the first ones stand for all, and it is said where the others are', () => {
  const down = findingOf('engine-down', { message: 'The engine of h9 does not run.', hosts: ['h9'], fix: 'Start it.' });
  const findings = [...hosts(20).map(blockedAt), down];
  expect(findingsLines(findings)).toEqual([
    '✗ h1: UDP 4789 does not pass into h1. [data-port-blocked]',
    '    Fix: Open it.',
    '✗ h2: UDP 4789 does not pass into h2. [data-port-blocked]',
    '    Fix: Open it.',
    '✗ h3: UDP 4789 does not pass into h3. [data-port-blocked]',
    '    Fix: Open it.',
    '✗ the same 17 times more, at h4, h5, h6, h7, h8, h9 and 11 more: --verbose shows all [data-port-blocked]',
    '✗ h9: The engine of h9 does not run. [engine-down]',
    '    Fix: Start it.',
  ]);
  expect(findingsLines(findings, { verbose: true })).toHaveLength(42);
});

test('a few are shown whole', () => {
  expect(findingsLines(hosts(4).map(blockedAt))).toHaveLength(8);
});
