import { expect, test } from 'vitest';
import { pairsToAsk } from './pairs-to-ask.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `h${index + 1}`);
const count = ({ peers }: ReturnType<typeof pairsToAsk>): number => [...peers.values()].flat().length;

test('of hosts that are to be a swarm every pair is asked, above ten a ring of them unless all are wanted', () => {
  expect(count(pairsToAsk(names(3), { members: [], full: false }))).toBe(6);
  expect(pairsToAsk(names(12), { members: [], full: false })).toMatchObject({ sampled: true });
  expect(count(pairsToAsk(names(12), { members: [], full: false }))).toBe(48);
  expect(count(pairsToAsk(names(12), { members: [], full: true }))).toBe(132);
});

test('where one joins, every pair has it in it, in both directions', () => {
  const { peers } = pairsToAsk(['h1', 'h2', 'h3'], { members: ['h1', 'h2'], full: false });
  expect(Object.fromEntries(peers)).toEqual({ h1: ['h3'], h2: ['h3'], h3: ['h1', 'h2'] });
});

test('of a swarm that runs every pair is asked', () => {
  expect(count(pairsToAsk(names(3), { members: names(3), full: false }))).toBe(6);
});
