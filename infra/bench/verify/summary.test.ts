import { expect, test } from 'vitest';
import { summariseVerify } from './summary.ts';

const once = { nodes: 10, firstVerifyS: 4, naiveS: 30, failedVerifyS: 9, channelsPerNode: 2, preflightS: 3 };

test('the last line has the medians of the rounds, and the verification in proportion to the floor', () => {
  const rounds = [
    { floor: 1, verify: 1.4 },
    { floor: 2, verify: 2.6 },
    { floor: 9, verify: 9 },
  ];
  const { numbers, invalid } = summariseVerify(rounds, once);
  expect(JSON.stringify(numbers)).toBe(
    '{"nodes":10,"rounds":3,"pairs":90,"verifyS":2.6,"preflightS":3,"floorS":2,"naiveS":30,"ratioToFloor":1.3,' +
      '"channelsPerNode":2,"firstVerifyS":4,"failedVerifyS":9}',
  );
  expect(invalid).toBeNull();
});

test('a run without a round that counts is not valid', () => {
  expect(summariseVerify([], once).invalid).toBe('no round counts');
});
