import { expect, test } from 'vitest';
import { meantCluster } from './meant-cluster.ts';

type Listed = Parameters<typeof meantCluster>[0][number];
const [up, other]: [Listed, Listed] = [
  { swarmId: 's1', currentRevision: 3 },
  { swarmId: 's2', currentRevision: 1 },
];
const down: Listed = { swarmId: null, currentRevision: 2 };
const proposed: Listed = { swarmId: null, currentRevision: null };

test('a cluster that is not named is the only one, or the only one that is not taken down', () => {
  expect(meantCluster([up])).toBe(up);
  expect(meantCluster([down])).toBe(down);
  expect(meantCluster([down, up])).toBe(up);
  expect(meantCluster([down, proposed])).toBe(proposed);
});

test('and nobody can tell of several', () => {
  expect([[], [up, other], [up, proposed], [down, down]].map((some) => meantCluster(some))).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
