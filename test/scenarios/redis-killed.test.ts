import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { runCli } from '#test/cli/run-cli.ts';
import { type FlotillaProcess, startFlotillaProcess } from './support/flotilla-process.ts';
import { labForTest, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, applied, ended, requestApply, requestVerify, succeeded } from './support/operations.ts';

/** A real `flotilla up` whose private Redis dies: it is started again, and nothing that was accepted is lost. */
let lab: Lab;
let dataDir: string;
let flotilla: FlotillaProcess;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-scenario-'));
  lab = await labForTest({ id: 'redis-killed', hosts: 1 });
  flotilla = await startFlotillaProcess(lab, dataDir);
});
afterAll(async () => {
  await flotilla?.stop();
  rmSync(dataDir, { recursive: true, force: true });
  if (lab !== undefined) await takeDownWhole(lab);
});

const spec = { cluster: 'demo', nodes: { h1: { role: 'manager' as const } } };

/** Kills the Redis of the data folder as the machine would that has no memory left. Gives the process id that it had. */
async function killRedis(): Promise<number> {
  const pid = await redisPid();
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function redisPid(): Promise<number> {
  const client = new Redis(join(dataDir, 'redis', 'redis.sock'), { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]);
  } finally {
    client.disconnect();
  }
}

test('a second `flotilla up` on the same folder is refused, and leaves the Redis of the first alone', async () => {
  const pid = await redisPid();
  const { code, stderr } = await runCli(['up', '--data', dataDir, '--listen', '127.0.0.1:0'], { limitMs: 60_000 });
  expect(code).toBe(5);
  expect(stderr).toContain(`Another \`flotilla up\` runs on the data folder ${dataDir} [conflict]`);
  expect(await redisPid()).toBe(pid);
});

describe('a private Redis that dies', () => {
  test('is started again, and operations run as before', async () => {
    await addHosts(flotilla.api, lab.hosts);
    const before = await killRedis();
    await until('another Redis answers', async () => (await redisPid().catch(() => before)) !== before);
    await applied(flotilla.api, spec);
    expect(flotilla.said()).toContain('The private Redis has ended; starting it again.');
  });

  test('again and again while operations are accepted: all of them end', async () => {
    const { api } = flotilla;
    const accepted = [];
    for (let count = 0; count < 3; count += 1) {
      accepted.push(await requestVerify(api, 'demo'), await requestApply(api, 'demo'));
      const before = await killRedis();
      accepted.push(await requestVerify(api, 'demo'));
      await until('another Redis answers', async () => (await redisPid().catch(() => before)) !== before);
    }
    for (const operation of accepted) succeeded(await ended(api, operation));
    expect(await unwrap(api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
  });

  test('does not keep `flotilla up` from stopping at once when it is asked to', async () => {
    const pid = await killRedis();
    const started = performance.now();
    expect(await flotilla.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(flotilla.said()).not.toMatch(/\bat .+:\d+:\d+/);
    expect(isRunning(pid)).toBe(false);
    expect(await redisPid().catch(() => 'nobody answers')).toBe('nobody answers');
  });
});

/** A process that has ended and was not waited for yet is no running one. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
