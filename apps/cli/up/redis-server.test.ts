import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runRedisServer } from './redis-server.ts';

/** A `redis-server` that says so and ends, and what comes of starting it. */
async function startOf(said: readonly string[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-redis-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lines = said.map((line) => `echo '${line}'`);
  writeFileSync(join(folder, 'redis-server'), ['#!/bin/sh', ...lines, 'exit 1', ''].join('\n'), { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return await runRedisServer(folder, join(folder, 'redis.sock')).catch((error: unknown) => error);
}

const greeting = '2212:C 29 Nov 2026 02:58:07.756 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo';

test('a Redis that finds its disk full is told by its last words, and is not to be installed anew', async () => {
  const full =
    '2212:M 29 Nov 2026 02:58:07.761 # Write error writing append only file on disk: No space left on device';
  expect(await startOf([greeting, full])).toMatchObject({
    message:
      'The private Redis could not be started: it ended with code 1: Write error writing append only file on disk: No space left on device',
    next: 'Free space on the disk of the data folder, then start it again.',
  });
});

test('one that does not come up for another reason is replaced, or named', async () => {
  expect(await startOf([greeting, '2212:M 29 Nov 2026 02:58:07.761 # Can not open the append-only dir'])).toMatchObject(
    {
      message: 'The private Redis could not be started: it ended with code 1: Can not open the append-only dir',
      next: expect.stringContaining('set REDIS_URL to one that runs'),
    },
  );
});
