import { expect, test } from 'vitest';
import { tooManyNeighbours } from './neighbours.ts';

test('more hosts than the kernel has neighbours for are told of, with what gives it room', () => {
  expect(tooManyNeighbours(32, 1024)).toBeNull();
  expect(tooManyNeighbours(40, 1024)).toBe(
    '40 hosts are 1600 neighbours to each other, and this kernel keeps 1024 for all of them: packets will be lost. ' +
      '`sysctl -w net.ipv4.neigh.default.gc_thresh3=6400` gives it room.',
  );
});
