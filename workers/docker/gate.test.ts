import { expect, test } from 'vitest';
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

test('who has waited long enough does not wait for a slow one', async () => {
  const begun: string[] = [];
  const gate = new Gate(1, 5);
  const slow = work(gate, 'slow', begun);
  const next = work(gate, 'next', begun);
  await expect.poll(() => begun).toEqual(['slow', 'next']);
  slow.end();
  next.end();
  await Promise.all([slow.passed, next.passed]);
});
