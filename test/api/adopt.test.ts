import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts, formedSwarm, swarmId, withService, withSwarm, withUnseen } from '#core/testing/observations.ts';
import { known, unknown } from '#core/observed.ts';
import type { Observation } from '#core/observation.ts';
import { addHosts, apply, demoSpec, propose, show, verify } from './demo.ts';
import { worker, world, worldForEachTest } from './the-world.ts';

/** A swarm that somebody else formed, on record: looked at, never changed. */
worldForEachTest(async () => {
  await addHosts(world.admin, 'h1', 'h2', 'h3');
});

const request = (name = 'demo', from = 'h1') =>
  unwrap(world.admin.v1.clusters[':cluster'].adopt.$post({ param: { cluster: name }, json: { from } }));

/** Adopts what is observed; gives the operation as it ended. */
async function adopt(observation: Observation = formedSwarm(['h1'], ['h2', 'h3']), name = 'demo') {
  const { id } = await request(name);
  await worker.take(id);
  const answer = await worker.adopt(observation);
  if (answer.kind === 'adopted') await worker.end();
  return await show(world.admin, id);
}

const cluster = (name = 'demo') => unwrap(world.admin.v1.clusters[':cluster'].$get({ param: { cluster: name } }));
const actions = async () =>
  (await unwrap(world.admin.v1.audit.$get({ query: { cluster: 'demo' } }))).items.map(({ action }) => action);

describe('adopting', () => {
  test('records the swarm, its nodes and whose they are, in one commit with the record', async () => {
    expect(await adopt()).toMatchObject({ state: 'succeeded', cluster: 'demo', result: { swarmId } });
    expect(await cluster()).toMatchObject({
      mode: 'adopted',
      swarmId,
      currentRevision: null,
      nodes: { h1: 'node-h1', h2: 'node-h2', h3: 'node-h3' },
    });
    const { items } = await unwrap(world.admin.v1.hosts.$get());
    expect(items.map((host) => host.cluster)).toEqual(['demo', 'demo', 'demo']);
    expect(await actions()).toContain('cluster.adopted');
  });

  test('the worker may hand in the same twice', async () => {
    const { id } = await request();
    await worker.take(id);
    const seen = formedSwarm(['h1'], []);
    expect([await worker.adopt(seen), await worker.adopt(seen)]).toEqual([{ kind: 'adopted' }, { kind: 'adopted' }]);
    expect((await actions()).filter((action) => action === 'cluster.adopted')).toHaveLength(1);
  });

  test('again, it looks anew: a host that is no node any more is free, a new one is taken in', async () => {
    await adopt(formedSwarm(['h1'], ['h2']));
    await adopt({ ...formedSwarm(['h1'], ['h3']) });
    expect((await cluster()).nodes).toEqual({ h1: 'node-h1', h3: 'node-h3' });
    const { items } = await unwrap(world.admin.v1.hosts.$get());
    expect(items.map((host) => host.cluster)).toEqual(['demo', null, 'demo']);
  });

  test('a success that recorded nothing is none', async () => {
    const { id } = await request();
    await worker.take(id);
    await worker.end();
    expect(await show(world.admin, id)).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  });
});

describe('forgetting', () => {
  const forget = () => unwrap(world.admin.v1.clusters[':cluster'].$delete({ param: { cluster: 'demo' } }));
  const listed = async () => (await unwrap(world.admin.v1.clusters.$get())).items.map(({ name }) => name);

  test('an adopted cluster frees its hosts, and leaves the swarm to be adopted again, under whatever name', async () => {
    await adopt();
    expect(await forget()).toEqual({ forgotten: 'demo' });
    const { items } = await unwrap(world.admin.v1.hosts.$get());
    expect([items.map((host) => host.cluster), await listed()]).toEqual([[null, null, null], []]);
    expect(await actions()).toContain('cluster.forgotten');
    expect((await adopt(formedSwarm(['h1'], ['h2', 'h3']), 'other')).state).toBe('succeeded');
    expect(await listed()).toEqual(['other']);
  });

  test('a command that names no cluster means the one that is left', async () => {
    await adopt();
    await forget();
    await adopt(formedSwarm(['h1'], ['h2', 'h3']), 'other');
    const said = await unwrap(world.admin.v1.commands.$post({ json: { text: 'verify' } }));
    expect(said).toMatchObject({ result: { operation: { kind: 'verify', cluster: 'other' } } });
  });

  test('and it may be adopted again, another swarm too', async () => {
    await adopt();
    await forget();
    const other = withSwarm(formedSwarm(['h1'], ['h2']), (swarm) => ({ ...swarm, id: 'swarm-2' }));
    expect(await adopt(other)).toMatchObject({ state: 'succeeded', result: { swarmId: 'swarm-2' } });
  });

  test('its name is for no cluster of ours, and the refusal does not advise to forget it', async () => {
    await adopt();
    await forget();
    await expect(propose(world.admin, demoSpec)).rejects.toMatchObject({
      code: 'adopted_read_only',
      next: expect.stringMatching(/^Choose another name/),
    });
  });

  test('waits for what is under way', async () => {
    await adopt();
    await verify(world.admin);
    await expect(forget()).rejects.toMatchObject({ code: 'busy' });
  });

  test('a cluster that has no swarm yet is refused, with the way out', async () => {
    await propose(world.admin);
    await expect(forget()).rejects.toMatchObject({
      code: 'conflict',
      next: 'Its proposals are taken back by `flotilla cluster rm demo`.',
    });
  });
});

describe('what cannot be adopted', () => {
  test('a host that is away, or in no swarm: the operation fails with the reason and no cluster is made', async () => {
    const away = await adopt(withUnseen(formedSwarm(['h1'], []), 'h1', 'connection refused', 'host_unreachable'));
    expect(away).toMatchObject({ state: 'failed', error: { code: 'host_unreachable', host: 'h1' } });
    expect(await adopt(bareHosts('h1'))).toMatchObject({ state: 'failed', error: { code: 'conflict' } });
    await expect(cluster()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a name that a cluster of ours has, and a host that nobody registered', async () => {
    await propose(world.admin);
    await expect(request()).rejects.toMatchObject({ code: 'already_exists' });
    await expect(request('prod', 'h9')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the swarm of another cluster on record, under a second name', async () => {
    await adopt(formedSwarm(['h1'], []));
    const { id } = await unwrap(
      world.admin.v1.clusters[':cluster'].adopt.$post({ param: { cluster: 'prod' }, json: { from: 'h2' } }),
    );
    await worker.take(id);
    await worker.adopt(formedSwarm(['h2'], []));
    expect(await show(world.admin, id)).toMatchObject({ state: 'failed', error: { code: 'already_exists' } });
    await expect(request('prod', 'h1')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('the same name by two people at once: the second is told so', async () => {
    await request();
    await expect(request()).rejects.toMatchObject({ code: 'busy' });
  });

  test('a viewer may not', async () => {
    const viewer = await world.clientFor('viewer');
    const asked = unwrap(viewer.v1.clusters[':cluster'].adopt.$post({ param: { cluster: 'x' }, json: { from: 'h1' } }));
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('an adopted cluster', () => {
  beforeEach(async () => {
    await adopt();
  });

  test('refuses everything that would change it, in the same words', async () => {
    const clusters = world.admin.v1.clusters[':cluster'];
    const param = { cluster: 'demo' };
    const edit = { verb: 'network create', args: { name: 'net2' } };
    for (const change of [
      propose(world.admin, demoSpec),
      apply(world.admin),
      unwrap(clusters.plans.$post({ param, json: {} })),
      unwrap(clusters.edits.$post({ param, json: edit })),
      unwrap(world.admin.v1.hosts[':name']['restart-engine'].$post({ param: { name: 'h1' }, json: { reason: 'x' } })),
    ]) {
      await expect(change).rejects.toMatchObject({
        code: 'adopted_read_only',
        next: expect.stringContaining('--take-over'),
      });
    }
  });

  test('is verified and inspected as any other, and its hosts are leased with it', async () => {
    const { id } = await verify(world.admin);
    const lease = await worker.take(id);
    expect(lease.hosts.map(({ name }) => name)).toEqual(['h1', 'h2', 'h3']);
    expect(lease.cluster?.mode).toBe('adopted');
    await worker.end();
    const param = { cluster: 'demo', network: 'theirs' };
    const inspection = world.admin.v1.clusters[':cluster'].networks[':network'].inspections.$post({ param, json: {} });
    expect(await unwrap(inspection)).toMatchObject({ kind: 'inspect', state: 'queued' });
  });

  test('its hosts cannot be nodes of a cluster of ours', async () => {
    const asked = unwrap(
      world.admin.v1.clusters[':cluster'].spec.$put({
        param: { cluster: 'other' },
        json: { spec: { ...demoSpec, cluster: 'other' } },
      }),
    );
    await expect(asked).rejects.toMatchObject({ code: 'invalid_spec' });
  });
});

describe('taking over', () => {
  const spec = {
    cluster: 'demo',
    nodes: { h1: { role: 'manager' as const }, h2: {} },
    services: { web: { image: 'nginx' } },
  };
  const theirs = withService(formedSwarm(['h1'], ['h2']), {
    id: 'service-web',
    name: 'web',
    labels: {},
    spec: { TaskTemplate: { ContainerSpec: { Image: 'nginx', Env: ['PASSWORD=hunter2'] } }, Mode: { Replicated: {} } },
  });
  const put = (takeOver: boolean, of: object = spec) =>
    unwrap(world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster: 'demo' }, json: { spec: of, takeOver } }));

  test('a draft of what runs is a proposal; its values are in no event and no result', async () => {
    const asked = world.admin.v1.clusters[':cluster'].adopt.$post({
      param: { cluster: 'demo' },
      json: { from: 'h1', draft: true },
    });
    const { id } = await unwrap(asked);
    await worker.take(id);
    const standing = { h1: known([]), h2: unknown('it does not answer') };
    await worker.adopt({ ...theirs, standing });
    await worker.end();
    const { result } = await show(world.admin, id);
    expect(result).toMatchObject({
      draft: { revision: 1, untold: [{ what: 'containers on h2', why: expect.stringContaining('does not answer') }] },
    });
    const param = { cluster: 'demo', number: '1' };
    const draft = await unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    expect(draft).toMatchObject({
      state: 'proposed',
      spec: { services: { web: { environment: { PASSWORD: 'hunter2' } } } },
    });
    const record = await unwrap(world.admin.v1.audit.$get({ query: { cluster: 'demo' } }));
    expect(JSON.stringify([result, record])).not.toContain('hunter2');
    await expect(apply(world.admin)).rejects.toMatchObject({ code: 'adopted_read_only' });
  });

  test('makes it a cluster of ours with the plan that is accepted, which is on record, and it may be let go again', async () => {
    await adopt(theirs);
    await expect(put(false)).rejects.toMatchObject({ code: 'adopted_read_only' });
    const { number } = await put(true, {
      ...spec,
      services: { web: { image: 'nginx', environment: ['PASSWORD=hunter2'] } },
    });
    expect(await cluster()).toMatchObject({ mode: 'adopted', currentRevision: null });
    const { id } = await apply(world.admin);
    await worker.take(id);
    const planned = await worker.observe(theirs);
    expect(planned).toMatchObject({
      kind: 'planned',
      plan: { risk: 'medium', steps: [{ kind: 'update-service', args: { labelsOnly: true, taken: true } }] },
    });
    expect(await cluster()).toMatchObject({ mode: 'managed', adoption: null, currentRevision: number });
    expect(await actions()).toContain('cluster.taken-over');
    const forget = () => unwrap(world.admin.v1.clusters[':cluster'].$delete({ param: { cluster: 'demo' } }));
    await expect(forget()).rejects.toMatchObject({ code: 'busy' });
    if (planned.kind === 'planned') await worker.runSteps(planned.plan);
    await worker.end();
    expect(await forget()).toEqual({ forgotten: 'demo' });
    expect(await cluster()).toMatchObject({ mode: 'adopted', swarmId: null, currentRevision: null });
    const param = { cluster: 'demo', number: String(number) };
    const before = await unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    expect(before.state).toBe('superseded');
    expect((await adopt(theirs)).state).toBe('succeeded');
  });
});

test('a cluster of ours is managed, and says so', async () => {
  await propose(world.admin);
  expect(await cluster()).toMatchObject({ mode: 'managed', adoption: null });
});
