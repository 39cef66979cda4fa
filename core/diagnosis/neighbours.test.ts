import { expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { checkOf, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';

const refused = { detail: 'No buffer space available' };

test('a host that its own kernel lets send nothing is not taken for one behind a firewall', () => {
  const checks = [
    checkOf('ping', 'h1', 'h2', refused),
    checkOf('ping', 'h2', 'h1'),
    checkOf('tcp', 'h1', 'h2'),
    checkOf('gossip-tcp', 'h1', 'h2'),
  ];
  const found = diagnose(symptomsOf({ checks }));
  expect(rootCausesOf(found).map(({ id, hosts, confidence }) => [id, hosts, confidence])).toEqual([
    ['neighbour-table-full', ['h1'], 'likely'],
  ]);
  expect(found[0]?.evidence[0]).toBe('ping h1 → h2: No buffer space available');
  expect(found[0]?.fix).toContain('On h1: `dmesg');
});

test('what fails between other hosts keeps a cause of its own', () => {
  const checks = [checkOf('ping', 'h1', 'h2', refused), checkOf('ping', 'h3', 'h4'), checkOf('ping', 'h4', 'h3')];
  const [first, ...others] = diagnose(symptomsOf({ checks }));
  expect(first?.id).toBe('neighbour-table-full');
  expect(others.length).toBeGreaterThan(0);
  expect(others.every(({ hosts }) => hosts.every((host) => host === 'h3' || host === 'h4'))).toBe(true);
});
