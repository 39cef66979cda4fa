import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import { createWorld, type World } from '#test/world.ts';
import { cluster, demoFormed, demoProposed, plan } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { askForLogs, fetchLogs, line, source } from './printed.ts';
import { someone } from './people.ts';

let world: World;
let worker: FakeWorker;
let admin: Client;
beforeEach(async () => {
  world = await createWorld();
  ({ admin } = world);
  worker = new FakeWorker(world.worker);
});
afterEach(() => world.close());

const end: LogRecord = { type: 'end', lines: 1 };

describe('logs', () => {
  beforeEach(() => demoFormed(admin, worker));

  test('go from the worker to who asked, whoever comes first', async () => {
    const early = await askForLogs(admin);
    const waiting = fetchLogs(admin, early.id);
    await worker.take(early.id);
    await expect(worker.handOver([line('web.1', 'one')], false)).resolves.toBe(true);
    await expect(worker.handOver([source('web.1'), end])).resolves.toBe(true);
    expect(await waiting).toEqual([line('web.1', 'one'), source('web.1'), end]);
    await worker.end();
    const late = await askForLogs(admin);
    await worker.take(late.id);
    await worker.handOver([line('web.1', 'two'), end]);
    await worker.end();
    expect(await fetchLogs(admin, late.id)).toEqual([line('web.1', 'two'), end]);
  });

  test('are kept nowhere: the record, the operation and the log say who looked at what, and not what was there', async () => {
    const ada = await someone(world, 'ann', 'operator');
    const { id } = await askForLogs(ada.api, { task: 'web.1', tail: 5 });
    await worker.take(id);
    await worker.handOver([line('web.1', 'password=hunter2'), end]);
    await worker.end();
    await fetchLogs(ada.api, id);
    const events = await unwrap(admin.v1.audit.$get({ query: { operation: id } }));
    expect(events.items.find(({ action }) => action === 'logs.requested')).toMatchObject({
      actor: { name: 'ann' },
      target: { kind: 'service', id: 'web' },
      details: { task: 'web.1', tail: 5, since: null },
    });
    const shown = await unwrap(admin.v1.operations[':id'].$get({ param: { id }, query: {} }));
    const told = await unwrap(admin.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }));
    expect(JSON.stringify([events, shown, told, world.entries])).not.toContain('hunter2');
  });

  test('are for who asked, and once', async () => {
    const { id } = await askForLogs(admin);
    await worker.take(id);
    await worker.handOver([end]);
    const bob = await someone(world, 'bob', 'admin');
    await expect(fetchLogs(bob.api, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await fetchLogs(admin, id)).toEqual([end]);
    await expect(fetchLogs(admin, id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(fetchLogs(admin, (await plan(admin)).id)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('end with the operation when there is nothing to hand over', async () => {
    const { id } = await askForLogs(admin);
    const waiting = fetchLogs(admin, id);
    await worker.take(id);
    await worker.end('failed', 'not_found');
    expect(await waiting).toEqual([]);
    const retry = admin.v1.operations[':id'].retry.$post({ param: { id }, json: {} });
    await expect(unwrap(retry)).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining('service logs web'),
    });
  });

  test('are not taken from a worker whose lease is over, nor when nobody waits any more', async () => {
    const { id } = await askForLogs(admin);
    const left = new AbortController();
    const route = admin.v1.operations[':id'].logs;
    const response = await route.$get({ param: { id } }, { init: { signal: left.signal } });
    await response.body?.cancel();
    await worker.take(id);
    await expect.poll(() => worker.handOver([line('web.1', 'one')], false)).toBe(false);
    await worker.end('cancelled', 'cancelled');
    await expect(worker.handOver([end])).rejects.toMatchObject({ code: 'stale_fence' });
  });

  test('a time is one in the past as people write it, and then more lines are meant', async () => {
    const { request } = await askForLogs(admin, { since: '10m' });
    expect(request).toMatchObject({ tail: 10_000, since: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await askForLogs(admin)).request).toMatchObject({ tail: 100, since: null });
    expect((await askForLogs(admin, { since: '2h', tail: 7 })).request).toMatchObject({ tail: 7 });
    await expect(askForLogs(admin, { since: 'yesterday' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(askForLogs(admin, { tail: 10_001 })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a viewer may not, unless a rule lets him', async () => {
    const viewer = await someone(world, 'vic', 'viewer');
    await expect(askForLogs(viewer.api)).rejects.toMatchObject({ code: 'forbidden' });
    const policy = { rules: [{ allow: ['logs.read'], to: { person: 'vic' }, clusters: [cluster] }] };
    await unwrap(admin.v1.policy.$put({ json: { policy } }));
    await expect(askForLogs(viewer.api)).resolves.toMatchObject({ kind: 'logs' });
  });
});

test('a cluster that is not formed has nothing to read', async () => {
  await demoProposed(admin);
  await expect(askForLogs(admin)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('applied'),
  });
});
