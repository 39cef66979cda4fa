import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { engineThat } from '../testing/local-engine.ts';
import { registryDigest } from './distribution.ts';

// Nobody's patience ends in here.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('an engine that waits for a registry is asked for other things meanwhile', async () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const isAsked = Promise.withResolvers<void>();
  let answer = (): void => undefined;
  await using engine = await engineThat(({ url = '' }, response) => {
    if (!url.includes('/distribution/')) return response.end('[]');
    answer = () => response.end(JSON.stringify({ Descriptor: { digest } }));
    return isAsked.resolve();
  });
  const lookedUp = registryDigest(engine, 'acme/web:1');
  await isAsked.promise;
  expect(await engine.json({ method: 'GET', path: '/networks' }, z.array(z.string()))).toEqual([]);
  answer();
  expect(await lookedUp).toBe(digest);
});
