import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { startPrivateRedis } from '#cli/up/private-redis.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { until } from '#lab/wait.ts';
import { type Dispatcher, startDispatcher } from '#workers/dispatcher.ts';
import { listenForDoorbells } from '#workers/queue.ts';
import { workerApi } from '#workers/worker-client.ts';
import { addHosts, demoProposed, plan, show } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { createWorld, type World } from '#test/world.ts';

/* An API that reaches no Redis, and a Redis beside the workers into which a dispatcher carries what it hears. */

const waitS = 2;
let folder: string;
let world: World;
let redis: Awaited<ReturnType<typeof startPrivateRedis>>;
const open: { close: () => Promise<void> }[] = [];
const log: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-doorbells-'));
  world = await createWorld();
  redis = await startPrivateRedis(folder, () => {});
  await demoProposed(world.admin);
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  await redis.stop();
  await world.close();
  rmSync(folder, { recursive: true });
  log.length = 0;
});

/** A dispatcher, over a line that can be cut, and what a worker at its Redis hears. */
function listen(labels: string[] = []) {
  const line = { isCut: false };
  const api = workerApi(world.worker, 'wrk_listener', labels);
  const doorbells: typeof api.doorbells = async (wanted) => {
    // An answer that is under way is lost with the line.
    const told = await api.doorbells(wanted);
    if (line.isCut) throw new Error('the line is cut');
    return told;
  };
  const dispatcher: Dispatcher = startDispatcher({
    redis: redis.socket,
    api: { doorbells },
    log: (one) => log.push(one),
    waitS,
  });
  const heard: string[] = [];
  const onRing = async (operation: string) => {
    heard.push(operation);
    return 'looked' as const;
  };
  const bells = listenForDoorbells({ redis: redis.socket, concurrency: 5, onRing, log: () => {} });
  open.push(bells, dispatcher);
  return { heard, line, dispatcher };
}

const flush = async (): Promise<void> => {
  const client = new Redis(redis.socket);
  await client.flushall();
  client.disconnect();
};

describe('a dispatcher', () => {
  test('brings an accepted operation to its worker within two seconds', async () => {
    const { heard } = listen();
    await until(
      'the line is open',
      async () => (await world.api.store.query('select count(*) from workers', []))[0]?.[0] === 1,
    );
    const { id } = await plan(world.admin);
    await until('it is heard', () => heard.includes(id), { limitMs: 2000 });
    expect(log).toEqual([]);
  });

  test('brings what was accepted while it was away, and once it was taken no more', async () => {
    const { id } = await plan(world.admin);
    const { heard } = listen();
    await until('it is heard', () => heard.includes(id));
    await new FakeWorker(world.worker).run(id, bareHosts('h1', 'h2', 'h3'));
    expect((await show(world.admin, id)).state).toBe('succeeded');
    const client = workerApi(world.worker, 'wrk_other');
    const told = await client.doorbells({ after: '', waitS: 0, signal: new AbortController().signal });
    expect(told.doorbells).toEqual([]);
  });

  test('loses nothing when its line is cut, and says so once', async () => {
    const { heard, line } = listen();
    line.isCut = true;
    const { id: first } = await plan(world.admin);
    await until('it is noticed', () => log.length > 0, { limitMs: 10_000 });
    expect(heard).toEqual([]);
    line.isCut = false;
    await until('it came through again', () => log.length === 2, { limitMs: 10_000 });
    await until('it is heard', () => heard.includes(first));
    expect(log).toEqual([expect.stringContaining('the line is cut'), 'Doorbells come through again']);
  });

  test('tells again what a Redis lost, whether it was flushed or killed', async () => {
    const { heard } = listen();
    const { id } = await plan(world.admin);
    await until('it is heard', () => heard.includes(id));
    const count = (): number => heard.filter((one) => one === id).length;
    const before = count();
    await flush();
    await until('it is told again', () => count() > before, { limitMs: 10_000 });
    const client = new Redis(redis.socket, { retryStrategy: () => null });
    client.on('error', () => {});
    await client.call('SHUTDOWN', 'NOSAVE').catch(() => {});
    client.disconnect();
    const then = count();
    await until('it is told once more', () => count() > then, { limitMs: 15_000 });
    expect((await show(world.admin, id)).state).toBe('queued');
  });
});

describe('hosts that are bound to a label', () => {
  const probe = async (name: string): Promise<string> =>
    (await unwrap(world.admin.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }))).id;

  beforeEach(async () => {
    const far = { name: 'far', address: '10.79.0.9', acceptNew: true, workerLabel: 'berlin' };
    await unwrap(world.admin.v1.hosts.$post({ json: far }));
    await addHosts(world.admin, 'h4');
  });

  test('are rung for and leased only to workers that have it', async () => {
    const near = listen();
    const berlin = listen(['paris', 'berlin']);
    const [free, bound] = [await probe('h4'), await probe('far')];
    await until('the free one is heard', () => near.heard.concat(berlin.heard).includes(free));
    const lease = (labels: string[]) => workerApi(world.worker, 'wrk_x', labels).lease(bound);
    expect(await lease([])).toBe('other-worker');
    expect(await lease(['paris'])).toBe('other-worker');
    expect(await lease(['berlin'])).toMatchObject({ operation: { id: bound } });
  });

  test('are told of by the listener with the label alone', async () => {
    const bound = await probe('far');
    const told = async (labels: string[]) =>
      (
        await workerApi(world.worker, 'wrk_x', labels).doorbells({
          after: '',
          waitS: 0,
          signal: new AbortController().signal,
        })
      ).doorbells.map(({ operation }) => operation);
    expect(await told([])).not.toContain(bound);
    expect(await told(['berlin'])).toContain(bound);
  });
});

test('a lease that is given back is free for another worker at once, and the old fence is refused', async () => {
  const { id } = await plan(world.admin);
  const [one, other] = [new FakeWorker(world.worker, 'wrk_one'), new FakeWorker(world.worker, 'wrk_other')];
  const { fence } = await one.take(id);
  await expect(other.take(id)).rejects.toMatchObject({ code: 'busy' });
  await workerApi(world.worker, 'wrk_one').release(id, fence);
  expect(world.rings.filter(({ operation }) => operation === id)).toHaveLength(2);
  expect((await other.take(id)).fence).toBe(fence + 1);
  await expect(one.end()).rejects.toMatchObject({ code: 'stale_fence' });
});
