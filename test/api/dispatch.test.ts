import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { unwrap } from '#api/client.ts';
import { startApi } from '#api/node.ts';
import { refuseEvicting } from '#api/redis-policy.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { operationsQueue, ringSchema } from '#core/ring.ts';
import { leaseTimes } from '#core/worker-wire.ts';
import { createWorld, type World } from '#test/world.ts';
import { apply, demoProposed, plan, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { faultsInto } from '#test/logs.ts';

const bare = bareHosts('h1', 'h2', 'h3');

describe('the sweeper', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    await demoProposed(world.admin);
    world.rings.length = 0;
  });
  afterEach(() => world.close());

  const swept = async (): Promise<string[]> => {
    world.rings.length = 0;
    await world.api.sweep();
    return world.rings.map(({ operation, number }) => `${operation}-${number}`);
  };

  test('rings again for what is queued and has its turn, with the same number, so that no jobs pile up', async () => {
    const first = await apply(world.admin);
    const second = await apply(world.admin);
    const looked = await plan(world.admin);
    expect(await swept()).toEqual([`${first.id}-1`, `${looked.id}-1`]);
    expect(await swept()).toEqual([`${first.id}-1`, `${looked.id}-1`]);
    await new FakeWorker(world.worker).run(first.id, bare);
    expect(await swept()).toEqual([`${second.id}-2`, `${looked.id}-1`]);
  });

  test('takes a new number now and then, to get past a job that is stuck', async () => {
    const { id } = await plan(world.admin);
    const numbers: string[] = [];
    for (let sweep = 0; sweep < 18; sweep++) numbers.push(...(await swept()));
    expect(new Set(numbers)).toEqual(new Set([`${id}-1`, `${id}-2`, `${id}-3`]));
  });

  test('leaves what runs alone until its lease has run out', async () => {
    const { id } = await plan(world.admin);
    await new FakeWorker(world.worker).take(id);
    expect(await swept()).toEqual([]);
    world.advance(leaseTimes.leaseMs + 1);
    expect(await swept()).toEqual([`${id}-2`]);
  });

  test('rings at the start for what was running before it, whatever its lease says', async () => {
    const { id } = await plan(world.admin);
    await new FakeWorker(world.worker).take(id);
    const rings: string[] = [];
    const other = await startApi({
      dataDir: world.dataDir,
      listen: null,
      osUser: 'ada',
      onRing: ({ operation }) => rings.push(operation),
    });
    await other.sweep();
    await other.close();
    expect(rings).toEqual([id]);
  });

  test('leaves alone what is over', async () => {
    const { id } = await plan(world.admin);
    await new FakeWorker(world.worker).run(id, bare);
    expect(await swept()).toEqual([]);
  });
});

describe('BullMQ', () => {
  let folder: string;
  let redis: ChildProcess;
  let connection: Redis;
  let world: World;
  const log: string[] = [];
  const socket = () => join(folder, 'redis.sock');

  async function startRedis(): Promise<void> {
    const args = ['--port', '0', '--unixsocket', socket(), '--save', '', '--maxmemory-policy', 'noeviction'];
    redis = spawn('redis-server', [...args, '--dir', folder], { stdio: 'ignore' });
    connection = new Redis(socket(), { maxRetriesPerRequest: null });
    connection.on('error', () => {});
    await vi.waitFor(() => connection.ping(), { timeout: 5000 });
  }

  async function stopRedis(): Promise<void> {
    connection.disconnect();
    redis.kill('SIGKILL');
    await once(redis, 'exit');
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-redis-'));
    log.length = 0;
    await startRedis();
    world = await createWorld({ redis: socket(), log: faultsInto(log) });
    await demoProposed(world.admin);
  });
  afterEach(async () => {
    await world.close();
    await stopRedis();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Operations that were rung for, as a worker hears them. */
  function listen(): { heard: string[]; close: () => Promise<void> } {
    const heard: string[] = [];
    const line = new Redis(socket(), { maxRetriesPerRequest: null });
    line.on('error', () => {});
    const ear = new Worker(
      operationsQueue,
      async (job) => {
        heard.push(ringSchema.parse(job.data).operation);
      },
      { connection: line },
    );
    ear.on('error', () => {});
    const close = async (): Promise<void> => {
      await ear.close(true);
      line.disconnect();
    };
    return { heard, close };
  }

  test('carries a ring to a worker, and keeps nothing of it', async () => {
    const ear = listen();
    const { id } = await plan(world.admin);
    await vi.waitFor(() => expect(ear.heard).toContain(id), { timeout: 5000 });
    await ear.close();
    const queue = new Queue(operationsQueue, { connection });
    await vi.waitFor(async () =>
      expect(await queue.getJobCounts()).toMatchObject({ completed: 0, waiting: 0, active: 0 }),
    );
    await queue.close();
  });

  test('that lost everything is rung again by the sweeper; sweeping twice adds one job', async () => {
    const { id } = await plan(world.admin);
    await connection.flushall();
    await world.api.sweep();
    await world.api.sweep();
    const queue = new Queue(operationsQueue, { connection });
    await vi.waitFor(async () => expect((await queue.getWaiting()).map((job) => job.id)).toEqual([`${id}-1`]));
    await queue.close();
  });

  test('away blocks and fails no accept; when it is back the operation is rung for', async () => {
    await stopRedis();
    await vi.waitFor(() => expect(log.join('\n')).toContain('Redis is away'), { timeout: 5000 });
    const started = performance.now();
    const { id } = await plan(world.admin);
    expect(performance.now() - started).toBeLessThan(2000);
    expect((await show(world.admin, id)).state).toBe('queued');
    const health = await unwrap(world.admin.healthz.$get());
    expect(health).toMatchObject({ ok: true, waiting: ['Redis (it does not answer)'] });
    expect(health.lostRings).toBeGreaterThan(0);
    await startRedis();
    const ear = listen();
    await vi.waitFor(() => expect(ear.heard).toContain(id), { timeout: 10_000 });
    await ear.close();
    expect(log.join('\n')).toContain('Redis is back');
  });

  test('that would throw out doorbells is no Redis for us: a start refuses it, and /readyz tells of one that changed', async () => {
    await expect(refuseEvicting(socket())).resolves.toBeUndefined();
    await connection.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(refuseEvicting(socket())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('maxmemory-policy is allkeys-lru'),
      done: 'Nothing was started.',
    });
    await connection.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await vi.waitFor(
      async () =>
        expect(await unwrap(world.admin.readyz.$get())).toMatchObject({
          ok: true,
          waiting: [expect.stringContaining('allkeys-lru')],
        }),
      { timeout: 5000 },
    );
    await stopRedis();
    await expect(refuseEvicting(socket())).resolves.toBeUndefined();
    await startRedis();
  });
});
