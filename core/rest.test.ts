import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rest } from './rest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a rest ends after its time, or when it is told to, and leaves no timer behind', async () => {
  const ended: string[] = [];
  const told = new AbortController();
  void rest(1000, new AbortController().signal).then(() => ended.push('in time'));
  void rest(1000, told.signal).then(() => ended.push('told'));
  told.abort();
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).toEqual(['told']);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual(['told', 'in time']);
  await rest(1000, told.signal);
  expect(vi.getTimerCount()).toBe(0);
});
