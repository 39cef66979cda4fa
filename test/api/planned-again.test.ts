import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts, formedSwarm, nodeIdOf, swarmId, withUnseen } from '#core/testing/observations.ts';
import { apply, demoProposed, demoSpec, plan, propose, show } from './demo.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

test('a plan warns of what is seen now, also where an equal one was made before; that one keeps its own warnings', async () => {
  await worker.take((await apply(world.admin)).id);
  const forming = await worker.observe(bareHosts('h1', 'h2', 'h3'));
  if (forming.kind !== 'planned') throw new Error('refused');
  const now = formedSwarm(['h1'], ['h2', 'h3']);
  await worker.tell({
    type: 'swarm',
    swarmId,
    nodes: Object.fromEntries(['h1', 'h2', 'h3'].map((h) => [h, nodeIdOf(h)])),
  });
  await worker.runSteps(forming.plan);
  await worker.end();
  await propose(world.admin, { ...demoSpec, nodes: { ...demoSpec.nodes, h2: { labels: { zone: 'a' } } } });
  const planWhile = async (reason: string): Promise<string> => {
    const { id } = await plan(world.admin);
    await worker.run(id, withUnseen(now, 'h3', reason));
    return id;
  };
  const before = await planWhile('h3 does not answer.');
  const after = await planWhile('The engine of h3 does not run.');
  const views = await Promise.all([show(world.admin, before), show(world.admin, after)]);
  expect(new Set(views.map(({ planDigest }) => planDigest))).toHaveLength(1);
  const told = views.map(({ plan: shown }) => shown?.warnings.map(({ message }) => message).join(' '));
  expect(told[0]).toContain('h3 does not answer');
  expect(told[1]).toContain('The engine of h3 does not run');
  expect(told[1]).not.toContain('answer');
});

test('an apply that stopped goes back to what was carried out whole, past revisions that stopped before it', async () => {
  await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
  const stopped: string[] = [];
  for (const zone of ['a', 'b']) {
    const spec = { ...demoSpec, networks: { ...demoSpec.networks, [zone]: { mtu: 1500 } } };
    await propose(world.admin, spec);
    const { id } = await apply(world.admin);
    await worker.take(id);
    await worker.observe(formedSwarm(['h1'], ['h2', 'h3']));
    await worker.end('failed', 'step_failed');
    stopped.push(id);
  }
  const views = await Promise.all(stopped.map((id) => show(world.admin, id)));
  expect(views.map(({ state, plan: made, wholeBefore }) => [state, made?.base, wholeBefore])).toEqual([
    ['failed', 1, 1],
    ['failed', 2, 1],
  ]);
  const again = views.map(({ plan: made }) => made?.warnings.find(({ id }) => id === 'tried-again'));
  expect(again[0]).toBeUndefined();
  expect(again[1]).toMatchObject({
    message: expect.stringContaining('left undone: create network net1'),
    fix: expect.stringContaining('`flotilla rollback 1 --cluster demo`'),
  });
  const param = { cluster: 'demo' };
  const { items } = await unwrap(world.admin.v1.clusters[':cluster'].revisions.$get({ param, query: {} }));
  expect(items.map(({ number, applied }) => [number, applied])).toEqual([
    [3, 'in-part'],
    [2, 'in-part'],
    [1, 'whole'],
  ]);
});
