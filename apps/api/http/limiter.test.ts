import { describe, expect, test } from 'vitest';
import { memoryLimiter } from './limiter.ts';

describe('a limiter', () => {
  test('lets a minute of requests through at once, then as many as come back', async () => {
    const limiter = memoryLimiter(60);
    const take = async (nowMs: number) => (await limiter.take('a', nowMs)).allowed;
    for (let count = 0; count < 60; count += 1) expect(await take(0)).toBe(true);
    expect(await limiter.take('a', 0)).toEqual({ allowed: false, limit: 60, remaining: 0, resetS: 1 });
    expect(await take(999)).toBe(false);
    expect(await take(1000)).toBe(true);
    expect(await take(1000)).toBe(false);
  });

  test('counts each key by itself', async () => {
    const limiter = memoryLimiter(1);
    expect((await limiter.take('a', 0)).allowed).toBe(true);
    expect((await limiter.take('b', 0)).allowed).toBe(true);
    expect((await limiter.take('a', 0)).allowed).toBe(false);
  });

  test('forgets keys that it has not seen for long, and does not grow without end', async () => {
    const limiter = memoryLimiter(1);
    for (let key = 0; key < 10_001; key += 1) await limiter.take(String(key), 0);
    expect((await limiter.take('0', 0)).allowed).toBe(true);
    expect((await limiter.take('10000', 0)).allowed).toBe(false);
  });
});
