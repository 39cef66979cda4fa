import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import { cluster, demoFormed, demoProposed, plan } from './demo.ts';
import { askForLogs, fetchLogs, line, source } from './printed.ts';
import { someone } from './people.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest();

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

describe('logs that are followed', () => {
  beforeEach(() => demoFormed(admin, worker));

  /** Ann follows, and a worker has handed over one line. */
  async function followed() {
    const ann = await someone(world, 'ann', 'operator');
    const operation = await askForLogs(ann.api, { follow: true });
    const waiting = fetchLogs(ann.api, operation.id);
    await worker.take(operation.id);
    await worker.handOver([line('web.1', 'one')], false, 1);
    return { ann, operation, waiting };
  }
  const looks = async (id: string) =>
    (await unwrap(admin.v1.audit.$get({ query: { operation: id } }))).items.filter(
      ({ action }) => action === 'logs.requested',
    );

  test('come until nobody takes them, are on record once, and a batch that comes again is one', async () => {
    const { operation, waiting } = await followed();
    expect(operation.request).toMatchObject({ kind: 'logs', follow: true });
    await worker.handOver([line('web.1', 'one')], false, 1);
    await worker.handOver([], false, 2);
    await worker.handOver([line('web.1', 'two')], false, 3);
    await worker.end();
    expect(await waiting).toEqual([line('web.1', 'one'), line('web.1', 'two')]);
    await expect(worker.handOver([line('web.1', 'three')], false, 4)).rejects.toMatchObject({ code: 'stale_fence' });
    expect(await looks(operation.id)).toMatchObject([{ actor: { name: 'ann' }, details: { follow: true } }]);
  });

  test('tell their worker how much waits, so that he who reads slowly is waited for', async () => {
    const { id } = await askForLogs(admin, { follow: true });
    await worker.take(id);
    const long = line('web.1', 'x'.repeat(500_000));
    const json = { worker: worker.id, fence: worker.lease.fence, records: [long, long], isLast: false };
    const route = world.worker.v1.worker.operations[':id'].logs;
    const { waitingBytes } = await unwrap(route.$post({ param: { id }, json }));
    expect(waitingBytes).toBeGreaterThan(1024 * 1024);
  });

  test('end with the right to read them, and nothing that came since is shown', async () => {
    const { waiting } = await followed();
    const policy = { rules: [{ deny: ['logs.read'], to: { person: 'ann' }, clusters: [cluster] }] };
    await unwrap(admin.v1.policy.$put({ json: { policy } }));
    await worker.handOver([line('web.1', 'two')], false, 2);
    expect(await waiting).toEqual([
      line('web.1', 'one'),
      expect.objectContaining({ type: 'stopped', code: 'forbidden' }),
    ]);
    expect(await worker.handOver([], false, 3)).toBe(false);
    const { items } = await unwrap(admin.v1.audit.$get({ query: { action: 'access.denied' } }));
    expect(items).toHaveLength(1);
  });

  test('end with the token, and with the person', async () => {
    const { ann, waiting } = await followed();
    const { items } = await unwrap(ann.api.v1.tokens.$get());
    const param = { token: items[0]?.id ?? '' };
    await unwrap(admin.v1.tokens[':token'].revoke.$post({ param, json: {} }));
    expect((await waiting).at(-1)).toMatchObject({ type: 'stopped', code: 'unauthenticated' });
  });

  test('end when their worker is silent', async () => {
    const { waiting } = await followed();
    await expect.poll(() => world.answers.length).toBeGreaterThan(0);
    world.advance(29_000);
    await worker.handOver([line('web.1', 'two')], false, 2);
    world.advance(31_000);
    expect((await waiting).at(-1)).toMatchObject({ type: 'stopped', code: 'worker_stopped' });
  });
});

test('a cluster that is not formed has nothing to read', async () => {
  await demoProposed(admin);
  await expect(askForLogs(admin)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('applied'),
  });
});
