import { expect, test } from 'vitest';
import { formedSwarm, inputOf } from '../testing/observations.ts';
import { matchesConstraints } from './placement.ts';
import { worldOf } from './world.ts';

const nodes = { h1: { role: 'manager' as const }, h2: { labels: { zone: 'a' } } };
const world = worldOf(inputOf({ nodes }, formedSwarm(['h1'], ['h2'])));

test.each([
  ['node.role == manager', [true, false]],
  ['node.labels.zone == a', [false, true]],
  ['node.labels.zone != b', [true, true]],
  ['node.platform.arch == x86_64', [true, true]],
  ['node.platform.arch == aarch64', [false, false]],
  ['engine.labels.disk == fast', [undefined, undefined]],
])('a node is held against `%s`, where that can be told', (constraint, matches) => {
  expect(['h1', 'h2'].map((host) => matchesConstraints(world, host, [constraint]))).toEqual(matches);
});
