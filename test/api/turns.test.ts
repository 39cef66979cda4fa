import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { leaseTimes } from '#core/worker-wire.ts';
import { bareHosts, formedSwarm } from '#core/testing/observations.ts';
import { createWorld, type World } from '#test/world.ts';
import { apply, cluster, demoProposed, plan, show, verify } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';

let world: World;
let one: FakeWorker;
let two: FakeWorker;
beforeEach(async () => {
  world = await createWorld();
  one = new FakeWorker(world.worker, 'wrk_one');
  two = new FakeWorker(world.worker, 'wrk_two');
  await demoProposed(world.admin);
});
afterEach(() => world.close());

const bare = bareHosts('h1', 'h2', 'h3');
const lastRing = () => world.rings.at(-1);

describe('one at a time', () => {
  test('the second apply waits for the first, and is rung for in the commit that ends it', async () => {
    const first = await apply(world.admin);
    const second = await apply(world.admin);
    await expect(two.take(second.id)).rejects.toMatchObject({ code: 'busy' });
    await one.take(first.id);
    await expect(two.take(second.id)).rejects.toMatchObject({ code: 'busy' });
    const before = world.rings.length;
    const planned = await one.observe(bare);
    if (planned.kind !== 'planned') throw new Error('refused');
    await one.runSteps(planned.plan);
    expect(world.rings).toHaveLength(before);
    await one.end();
    expect(lastRing()).toEqual({ operation: second.id, number: 2 });
    await expect(two.take(second.id)).resolves.toMatchObject({ fence: 1 });
  });

  test('a verification waits for a change, and a change for a verification', async () => {
    const first = await apply(world.admin);
    await one.run(first.id, bare);
    const check = await verify(world.admin);
    const change = await apply(world.admin);
    const other = await verify(world.admin);
    await expect(two.take(change.id)).rejects.toMatchObject({ code: 'busy' });
    await one.take(check.id);
    await expect(two.take(change.id)).rejects.toMatchObject({ code: 'busy' });
    await one.end();
    await two.take(change.id);
    await expect(one.take(other.id)).rejects.toMatchObject({ code: 'busy' });
  });

  test('looking runs beside a change: plan, inspect, probe', async () => {
    const first = await apply(world.admin);
    await one.take(first.id);
    const looked = await plan(world.admin);
    await expect(two.run(looked.id, bare)).resolves.toMatchObject({ kind: 'planned' });
    const { admin } = world;
    const probe = await unwrap(admin.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));
    await two.take(probe.id);
    expect((await show(admin, probe.id)).state).toBe('running');
  });

  test('what happens in one cluster holds up no other', async () => {
    const { admin } = world;
    await unwrap(admin.v1.hosts.$post({ json: { name: 'h9', address: '10.79.0.9' } }));
    const spec = { cluster: 'other', nodes: { h9: { role: 'manager' } } };
    const other = await unwrap(
      admin.v1.clusters[':cluster'].apply.$post({ param: { cluster: 'other' }, header: {}, json: { spec } }),
    );
    await one.take((await apply(admin)).id);
    await expect(two.take(other.id)).resolves.toMatchObject({ fence: 1 });
  });
});

describe('a lease', () => {
  test('is given to one of two workers that ask at the same moment', async () => {
    const { id } = await apply(world.admin);
    const asked = await Promise.allSettled([one.take(id), two.take(id)]);
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = asked.find((answer) => answer.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'busy' });
  });

  test('comes back at once to the same worker, with a higher fence; the old fence is refused', async () => {
    const { id } = await apply(world.admin);
    await one.take(id);
    const again = new FakeWorker(world.worker, 'wrk_one');
    await expect(again.take(id)).resolves.toMatchObject({ fence: 2, nextSequence: 1 });
    await expect(one.renew()).rejects.toMatchObject({ code: 'stale_fence' });
    await expect(one.observe(bare)).rejects.toMatchObject({ code: 'stale_fence' });
    await expect(one.tell({ type: 'note', step: null, host: null, text: 'late' })).rejects.toMatchObject({
      code: 'stale_fence',
    });
    await expect(again.renew()).resolves.toEqual({ leaseMs: leaseTimes.leaseMs, cancelRequested: false });
  });

  test('goes to another worker only after last renewal + 120 s + the longest step', async () => {
    const { id } = await apply(world.admin);
    await one.take(id);
    world.advance(20_000);
    await one.renew();
    world.advance(leaseTimes.awayMs + leaseTimes.stepMs - 1000);
    await expect(two.take(id)).rejects.toMatchObject({ code: 'busy' });
    world.advance(2000);
    await expect(two.take(id)).resolves.toMatchObject({ fence: 2 });
    await expect(one.renew()).rejects.toMatchObject({ code: 'stale_fence' });
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { action: 'lease.taken-over' } }));
    expect(items).toMatchObject([{ operation: id, cluster, details: { from: 'wrk_one', fence: 2 } }]);
  });

  test('that ran out may still be renewed by its holder while nobody else took it', async () => {
    const { id } = await apply(world.admin);
    await one.take(id);
    world.advance(leaseTimes.leaseMs * 3);
    await expect(one.renew()).resolves.toMatchObject({ cancelRequested: false });
  });

  test('goes on where the ledger ends, with the plan that was accepted', async () => {
    const { id } = await apply(world.admin);
    await one.take(id);
    const planned = await one.observe(bare);
    if (planned.kind !== 'planned') throw new Error('refused');
    const [first, second] = planned.plan.steps;
    await one.tell(
      { type: 'step-started', step: first?.id ?? '' },
      { type: 'step-ended', step: first?.id ?? '', outcome: { kind: 'done' }, ms: 1 },
      { type: 'step-started', step: second?.id ?? '' },
    );
    world.advance(leaseTimes.awayMs + leaseTimes.stepMs + 1);
    const lease = await two.take(id);
    expect(lease.plan).toEqual(planned.plan);
    expect(lease.ledger).toEqual({ [first?.id ?? '']: { kind: 'done' } });
    expect(lease.nextSequence).toBe(4);
  });

  test('is known to be held, for a worker that was restarted', async () => {
    const { id } = await apply(world.admin);
    await one.take(id);
    const held = (worker: string) => unwrap(world.worker.v1.worker.leases.$get({ query: { worker } }));
    expect(await held('wrk_one')).toEqual({ operations: [id] });
    expect(await held('wrk_two')).toEqual({ operations: [] });
  });

  test('of an operation that is over, or that nobody knows, is refused', async () => {
    const { id } = await apply(world.admin);
    await one.run(id, bare);
    await expect(two.take(id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(two.take('op_nothing')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('carries the hosts of the revision with the bastions on the way, and no others', async () => {
    const { admin } = world;
    await unwrap(admin.v1.hosts.$post({ json: { name: 'gate', address: '10.0.0.1' } }));
    await unwrap(admin.v1.hosts.$post({ json: { name: 'h4', address: '10.79.0.4', via: 'gate' } }));
    await unwrap(admin.v1.hosts.$post({ json: { name: 'h5', address: '10.79.0.5' } }));
    const spec = { cluster, nodes: { h1: { role: 'manager' }, h4: {} } };
    const { id } = await apply(admin, { spec });
    const lease = await one.take(id);
    expect(lease.hosts.map(({ name }) => name)).toEqual(['gate', 'h1', 'h4']);
    expect(lease.revision?.spec.nodes).toHaveProperty('h4');
  });

  test('for a probe carries that host alone', async () => {
    await one.run((await apply(world.admin)).id, bare);
    const { admin } = world;
    await unwrap(admin.v1.hosts.$post({ json: { name: 'h7', address: '10.79.0.7' } }));
    const { id } = await unwrap(admin.v1.hosts[':name'].probe.$post({ param: { name: 'h7' }, json: {} }));
    expect((await one.take(id)).hosts.map(({ name }) => name)).toEqual(['h7']);
  });
});

describe('the swarm of a cluster', () => {
  test('is remembered: its id once, its nodes as they are learnt', async () => {
    const { admin } = world;
    const { id } = await apply(admin);
    await one.take(id);
    const planned = await one.observe(bare);
    if (planned.kind !== 'planned') throw new Error('refused');
    await one.tell(
      { type: 'node', host: 'h1', nodeId: 'n1' },
      { type: 'swarm', swarmId: 'swarm-1', nodes: { h1: 'n1', h2: 'n2' } },
      { type: 'node', host: 'h3', nodeId: 'n3' },
      { type: 'swarm', swarmId: 'swarm-2', nodes: { h1: 'x' } },
    );
    const shown = await unwrap(admin.v1.clusters[':cluster'].$get({ param: { cluster } }));
    expect(shown).toMatchObject({ swarmId: 'swarm-1', nodes: { h1: 'n1', h2: 'n2', h3: 'n3' } });
    const { items } = await unwrap(admin.v1.audit.$get({ query: { operation: id } }));
    expect(items.map(({ action }) => action)).toEqual([
      'swarm.mismatch',
      'swarm.recorded',
      'plan.accepted',
      'operation.requested',
    ]);
    await one.runSteps(planned.plan);
    await one.end();
    const again = await plan(admin);
    await expect(one.run(again.id, formedSwarm(['h1'], ['h2', 'h3']))).resolves.toBeDefined();
  });
});
