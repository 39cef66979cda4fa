import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

/** Lets everything that is ready run. */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('places are given first come first served', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  const first = await slots.take();
  await slots.take();
  const waiting = [3, 4].map(async (number) => {
    const release = await slots.take();
    order.push(number);
    return release;
  });
  await settle();
  expect(order).toEqual([]);
  first();
  first();
  await settle();
  expect(order).toEqual([3]);
  expect(slots.taken).toBe(2);
  (await waiting[0])?.();
  await settle();
  expect(order).toEqual([3, 4]);
});

test('who gives up waiting takes no place', async () => {
  const slots = new Slots(1);
  const release = await slots.take();
  const controller = new AbortController();
  const given = slots.take(controller.signal);
  const patient = slots.take();
  controller.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  release();
  (await patient)();
  expect(slots.taken).toBe(0);
  await expect(slots.take(controller.signal)).rejects.toThrow('enough');
});

test('a lower limit holds once enough were given back, and is never below one', async () => {
  const slots = new Slots(3);
  const releases = await Promise.all([slots.take(), slots.take(), slots.take()]);
  slots.lowerTo(0);
  let admitted = false;
  const waiting = slots.take().then((release) => {
    admitted = true;
    return release;
  });
  releases[0]?.();
  releases[1]?.();
  await settle();
  expect(admitted).toBe(false);
  releases[2]?.();
  (await waiting)();
  expect(admitted).toBe(true);
});
