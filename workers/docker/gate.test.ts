import { expect, test, vi } from 'vitest';
import { Gate } from './gate.ts';

/** Work that ends when it is told to, and says when it has begun. */
function work(gate: Gate, name: string, begun: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const passed = gate.pass(() => {
    begun.push(name);
    return promise;
  });
  return { end: resolve, passed };
}

test('one goes after the other, in the order in which they came', async () => {
  const begun: string[] = [];
  const gate = new Gate(1, 60_000);
  const [first, second, third] = ['first', 'second', 'third'].map((name) => work(gate, name, begun));
  expect(begun).toEqual(['first']);
  first?.end();
  await first?.passed;
  await expect.poll(() => begun).toEqual(['first', 'second']);
  second?.end();
  third?.end();
  await Promise.all([second?.passed, third?.passed]);
  expect(begun).toEqual(['first', 'second', 'third']);
});

test('one that fails lets the next one in', async () => {
  const gate = new Gate(1, 60_000);
  await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.pass(() => Promise.resolve(1))).toBe(1);
});

test('a slow one does not hold up the rest, which still go one after the other', async () => {
  const begun: string[] = [];
  const gate = new Gate(1, 50);
  const slow = work(gate, 'slow', begun);
  const [next, last] = ['next', 'last'].map((name) => work(gate, name, begun));
  expect(begun).toEqual(['slow']);
  await expect.poll(() => begun).toEqual(['slow', 'next']);
  next?.end();
  await expect.poll(() => begun).toEqual(['slow', 'next', 'last']);
  last?.end();
  slow.end();
  await Promise.all([slow.passed, next?.passed, last?.passed]);
  expect(begun).toEqual(['slow', 'next', 'last']);
});

test('a slow one that ends after all lets in no more than were there before', async () => {
  const begun: string[] = [];
  const gate = new Gate(1, 5);
  const slow = work(gate, 'slow', begun);
  await gate.pass(() => Promise.resolve());
  slow.end();
  await slow.passed;
  const [one, other] = ['one', 'other'].map((name) => work(gate, name, begun));
  expect(begun).toEqual(['slow', 'one']);
  one?.end();
  other?.end();
  await Promise.all([one?.passed, other?.passed]);
});

test('many that are quick, and together take long, are no slow one', async () => {
  vi.useFakeTimers();
  try {
    const gate = new Gate(1, 400);
    let [inside, most] = [0, 0];
    const quick = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setTimeout(resolve, 150));
      inside -= 1;
    };
    const all = Promise.all(Array.from({ length: 8 }, () => gate.pass(quick)));
    await vi.runAllTimersAsync();
    await all;
    expect(most).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});
