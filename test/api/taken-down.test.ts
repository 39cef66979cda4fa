import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts, formedSwarm } from '#core/testing/observations.ts';
import { apply, cluster, demoProposed, show, verify } from './demo.ts';
import { worker, world, worldForEachTest } from './the-world.ts';

const formed = formedSwarm(['h1'], ['h2', 'h3']);
worldForEachTest(async () => {
  await demoProposed(world.admin);
  await applied(bareHosts('h1', 'h2', 'h3'));
});

async function applied(seen: typeof formed): Promise<string[]> {
  const { id } = await apply(world.admin);
  const planned = await worker.run(id, seen);
  if (planned.kind !== 'planned') throw new Error('refused');
  expect((await show(world.admin, id)).state).toBe('succeeded');
  return planned.plan.steps.map((step) => step.id);
}
const edit = (verb: string, args: Record<string, unknown>) =>
  unwrap(world.admin.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: { verb, args } }));
const membership = async () => (await unwrap(world.admin.v1.hosts.$get())).items.map((host) => host.cluster);
const takeDown = async () => {
  await edit('cluster rm', { name: cluster });
  return applied(formed);
};

describe('a cluster that is taken down', () => {
  test('keeps its hosts until that is done, and has none then', async () => {
    await edit('cluster rm', { name: cluster });
    const { id } = await apply(world.admin);
    await worker.take(id);
    const planned = await worker.observe(formed);
    if (planned.kind !== 'planned') throw new Error('refused');
    await worker.runSteps(planned.plan);
    expect(await membership()).toEqual(['demo', null, null]);
    await worker.tell({ type: 'ended', state: 'succeeded', error: null });
    expect(await membership()).toEqual([null, null, null]);
    const shown = await unwrap(world.admin.v1.clusters[':cluster'].$get({ param: { cluster } }));
    expect(shown).toMatchObject({ swarmId: null, nodes: {}, currentRevision: 2 });
    const said = await unwrap(world.admin.v1.audit.$get({ query: { action: 'cluster.taken-down' } }));
    expect(said.items).toMatchObject([{ cluster, target: { kind: 'cluster', id: cluster } }]);
  });

  test('has nothing to look at, and is not taken down twice', async () => {
    await unwrap(
      world.admin.v1.clusters[':cluster'].schedule.$put({ param: { cluster }, json: { everySeconds: 900 } }),
    );
    await takeDown();
    world.advance(16 * 60_000);
    await world.api.sweep();
    const query = { kind: 'verify', cluster } as const;
    expect((await unwrap(world.admin.v1.operations.$get({ query }))).items).toEqual([]);
    await expect(verify(world.admin)).rejects.toMatchObject({
      code: 'conflict',
      message: 'The cluster demo is taken down, so there is nothing to look at',
    });
    const ps = unwrap(world.admin.v1.clusters[':cluster'].ps.$post({ param: { cluster }, json: {} }));
    await expect(ps).rejects.toMatchObject({ code: 'conflict' });
    await expect(edit('cluster rm', { name: cluster })).rejects.toMatchObject({
      message: 'The cluster demo is taken down already.',
    });
  });

  test('is not meant where another one stands and none is named, and need not be forgotten', async () => {
    await takeDown();
    const forget = unwrap(world.admin.v1.clusters[':cluster'].$delete({ param: { cluster } }));
    await expect(forget).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has no swarm now'),
    });
    const spec = { cluster: 'other', nodes: { h1: { role: 'manager' } } };
    await unwrap(world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster: 'other' }, json: { spec } }));
    const said = await unwrap(world.admin.v1.commands.$post({ json: { text: 'plan' } }));
    expect(said.result).toMatchObject({ kind: 'operation', operation: { cluster: 'other' } });
  });

  test('is formed anew by a rollback, or made anew under its name', async () => {
    await takeDown();
    await edit('rollback', { to: 1 });
    expect(await applied(bareHosts('h1', 'h2', 'h3'))).toContain('init-swarm:h1');
    await takeDown();
    await edit('cluster create', { name: cluster, manager: ['h2'] });
    expect(await applied(bareHosts('h2'))).toContain('init-swarm:h2');
  });

  test('is nothing that a spec says by itself', async () => {
    const put = world.admin.v1.clusters[':cluster'].spec.$put({
      param: { cluster },
      json: { spec: { cluster, nodes: {} } },
    });
    await expect(unwrap(put)).rejects.toMatchObject({
      code: 'invalid_spec',
      issues: [{ pointer: '/nodes', message: expect.stringContaining('`flotilla cluster rm demo`') }],
    });
  });
});
