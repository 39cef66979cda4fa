import { expect, test } from 'vitest';
import { type Round, summarise } from './summary.ts';

const round = (floor: number, flotilla: number, shell: number): Round => ({
  seconds: { floor, overSsh: floor * 1.1, flotilla, shell },
  extras: { noopWarmS: [0.1, 0.2, 0.3], noopColdS: [0.5, 0.7], handshakesPerHost: 1 },
});

test('the last line has the medians of the rounds that count, and Flotilla in proportion to the floor', () => {
  const { numbers, invalid } = summarise(3, [round(1, 1.2, 2), round(2, 2.2, 4), round(9, 9, 9)]);
  expect(JSON.stringify(numbers)).toBe(
    '{"nodes":3,"rounds":3,"medianS":{"floor":2,"overSsh":2.2,"flotilla":2.2,"shell":4},"ratioToFloor":1.1,"ratioToSsh":1,' +
      '"noopColdS":0.6,"noopWarmS":0.2,"handshakesPerHost":1}',
  );
  expect(invalid).toBeNull();
});

test('a run in which the shell way is hardly slower than the floor is not valid', () => {
  expect(summarise(3, [round(1, 1.1, 1.29)]).invalid).toContain('1.29 times');
});

test('a run without a round that counts is not valid', () => {
  expect(summarise(3, []).invalid).toBe('no round counts');
});
