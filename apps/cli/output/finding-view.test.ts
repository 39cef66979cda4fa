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

test('what many hosts say in the same words is one line, and what one of them says is its own', () => {
  const evidence = [
    ...hosts(12).map((host) => `${host}: no ESP`),
    'h3: module esp4 is missing\nnot signed',
    'seen twice',
  ];
  const finding = findingOf('kernel-no-esp', { message: 'No ESP.', hosts: hosts(12), evidence, fix: 'Load it.' });
  expect(findingsLines([finding])).toEqual([
    '✗ h1, h2, h3, h4, h5, h6 and 6 more: No ESP. [kernel-no-esp]',
    '    h1, h2, h3, h4, h5, h6 and 6 more: no ESP',
    '    h3: module esp4 is missing',
    '    not signed',
    '    seen twice',
    '    Fix: Load it.',
  ]);
});

test('of three hosts each line stays', () => {
  const evidence = hosts(3).map((host) => `${host}: no ESP`);
  const finding = findingOf('kernel-no-esp', { message: 'No ESP.', hosts: hosts(3), evidence, fix: 'Load it.' });
  expect(findingsLines([finding]).slice(1, 4)).toEqual(evidence.map((line) => `    ${line}`));
});
