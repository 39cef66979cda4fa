import { expect, test } from 'vitest';
import { ownVerb, suggest } from './suggest.ts';

const paths = [
  'up',
  'host add',
  'host ls',
  'node add',
  'cluster ls',
  'cluster show',
  'cluster create',
  'ops ls',
  'apply',
  'verify',
];

test('words in the wrong order, plurals, bare verbs and words of other tools find their command', () => {
  expect(suggest(['add', 'host', 'h1'], paths)).toEqual(['host add']);
  expect(suggest(['hosts'], paths)).toEqual(['host add', 'host ls']);
  expect(suggest(['hosts', 'ls'], paths)).toEqual(['host ls']);
  expect(suggest(['add'], paths)).toEqual(['host add', 'node add']);
  expect(suggest(['init'], paths)).toEqual(['cluster create', 'apply']);
  expect(suggest(['frobnicate'], paths)).toEqual([]);
});

test('a verb of another tool is told in words of this one', () => {
  expect(ownVerb(['service', 'scale', 'web', '5'])).toBe('service update NAME --replicas 5');
  expect(ownVerb(['node', 'drain'])).toBe('node set HOST --availability drain');
  expect(ownVerb(['logs', 'web'])).toBe('service logs NAME, or flotilla container logs NAME');
  expect(ownVerb(['service', 'constructor'])).toBeUndefined();
});
