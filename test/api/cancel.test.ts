import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { apply, demoProposed, plan, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

const bare = bareHosts('h1', 'h2', 'h3');
const cancel = (id: string) =>
  unwrap(admin.v1.operations[':id'].cancel.$post({ param: { id }, json: { reason: 'wrong cluster' } }));
const retry = (id: string) => unwrap(admin.v1.operations[':id'].retry.$post({ param: { id }, json: {} }));
const audit = async (operation: string) =>
  (await unwrap(admin.v1.audit.$get({ query: { operation } }))).items.map(
    ({ action, outcome }) => `${action} ${outcome}`,
  );

describe('cancel', () => {
  test('ends a queued operation at once, and the next one is rung for', async () => {
    const first = await apply(admin);
    const second = await apply(admin);
    await expect(cancel(first.id)).resolves.toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(world.rings.at(-1)).toEqual({ operation: second.id, number: 2 });
    await expect(worker.take(first.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await audit(first.id)).toEqual([
      'operation.ended cancelled',
      'operation.cancel-requested intent',
      'operation.requested intent',
    ]);
    await worker.run(second.id, bare);
  });

  test('of one that waits behind another lets the first one run on', async () => {
    const first = await apply(admin);
    const second = await apply(admin);
    await worker.take(first.id);
    await cancel(second.id);
    expect((await show(admin, first.id)).state).toBe('running');
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'planned' });
  });

  test('asks a running operation to stop: with its reports, its renewals and its next lease', async () => {
    const { id } = await apply(admin);
    await worker.take(id);
    const planned = await worker.observe(bare);
    if (planned.kind !== 'planned') throw new Error('refused');
    await expect(cancel(id)).resolves.toMatchObject({ state: 'running', cancelRequested: true });
    await expect(cancel(id)).resolves.toMatchObject({ state: 'running', cancelRequested: true });
    const step = planned.plan.steps[0]?.id ?? '';
    await expect(worker.renew()).resolves.toMatchObject({ cancelRequested: true });
    const answer = await worker.tell({ type: 'step-ended', step, outcome: { kind: 'done' }, ms: 1 });
    expect(answer.cancelRequested).toBe(true);
    const again = new FakeWorker(world.worker);
    expect((await again.take(id)).operation.cancelRequested).toBe(true);
    await again.end('cancelled', 'cancelled');
    expect(await show(admin, id)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect((await audit(id)).filter((line) => line.startsWith('operation.cancel-requested'))).toHaveLength(1);
  });

  test('before the plan is made lets nothing be planned', async () => {
    const { id } = await apply(admin);
    await worker.take(id);
    await cancel(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'cancelled' } });
    expect(await show(admin, id)).toMatchObject({ state: 'cancelled', planDigest: null });
    const cluster = await unwrap(admin.v1.clusters[':cluster'].$get({ param: { cluster: 'demo' } }));
    expect(cluster.currentRevision).toBeNull();
  });

  test('and a lease at the same moment end in one of the two, never in both', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await plan(admin);
      const [cancelled, taken] = await Promise.allSettled([cancel(id), worker.take(id)]);
      expect(cancelled.status).toBe('fulfilled');
      const { state, cancelRequested } = await show(admin, id);
      expect([state, cancelRequested]).toEqual([taken.status === 'fulfilled' ? 'running' : 'cancelled', true]);
    }
  });

  test('of what has ended is refused', async () => {
    const { id } = await apply(admin);
    await worker.run(id, bare);
    await expect(cancel(id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(cancel('op_nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('retry', () => {
  test('makes a new operation that asks for the same, without the plan that was seen', async () => {
    const looked = await worker.run((await plan(admin)).id, bare);
    if (looked.kind !== 'planned') throw new Error('refused');
    const { id } = await apply(admin, { digest: looked.plan.digest });
    await worker.take(id);
    await worker.observe(bare);
    await worker.end('failed', 'engine_error');
    const again = await retry(id);
    expect(again).toMatchObject({
      state: 'queued',
      retryOf: id,
      request: { kind: 'apply', revision: 1, digest: null },
    });
    await worker.run(again.id, bare);
    expect((await show(admin, again.id)).state).toBe('succeeded');
  });

  test('is for what failed, was blocked or was cancelled only', async () => {
    const { id } = await apply(admin);
    await expect(retry(id)).rejects.toMatchObject({ code: 'conflict' });
    await worker.run(id, bare);
    await expect(retry(id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(retry('op_nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});
