import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { apply, demoProposed, plan, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { world, worldForEachTest } from './the-world.ts';

worldForEachTest();

describe('an apply', () => {
  test('goes from a proposed spec to a cluster whose revision is current', async () => {
    const { admin, worker } = world;
    const revision = await demoProposed(admin);
    expect(revision).toMatchObject({ number: 1, base: null, state: 'proposed', origin: 'apply' });

    const operation = await apply(admin);
    expect(operation).toMatchObject({ kind: 'apply', state: 'queued', cluster: 'demo', request: { revision: 1 } });
    expect(world.rings).toEqual([{ operation: operation.id, number: 1 }]);

    const one = new FakeWorker(worker);
    const planned = await one.run(operation.id, bareHosts('h1', 'h2', 'h3'));
    expect(planned.kind).toBe('planned');

    const done = await show(admin, operation.id);
    expect(done.state).toBe('succeeded');
    expect(done.steps.map(({ step, state }) => `${step.id} ${state}`)).toContain('init-swarm:h1 ended');
    expect(done.plan?.digest).toBe(done.planDigest);
    const { items } = await unwrap(admin.v1.hosts.$get());
    expect(items.map(({ cluster, lastSeen }) => [cluster, lastSeen?.facts.engine.version])).toEqual(
      Array.from({ length: 3 }, () => ['demo', '20.10.24']),
    );
    const shown = await unwrap(admin.v1.clusters[':cluster'].$get({ param: { cluster: 'demo' } }));
    expect(shown.currentRevision).toBe(1);
    expect((await unwrap(admin.v1.audit.verify.$get({ query: {} }))).ok).toBe(true);
    expect(world.log).toEqual([]);
  });

  test('runs the very plan that was seen', async () => {
    const { admin, worker } = world;
    await demoProposed(admin);
    const one = new FakeWorker(worker);
    const looked = await plan(admin);
    const planned = await one.run(looked.id, bareHosts('h1', 'h2', 'h3'));
    if (planned.kind !== 'planned') throw new Error('refused');
    const operation = await apply(admin, { digest: planned.plan.digest });
    expect(operation.request).toEqual({ kind: 'apply', revision: 1, digest: planned.plan.digest });
    expect((await one.run(operation.id, bareHosts('h1', 'h2', 'h3'))).kind).toBe('planned');
    expect((await show(admin, operation.id)).state).toBe('succeeded');
  });
});
