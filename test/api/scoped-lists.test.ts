import { expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import { addHosts, demoSpec, plan, propose } from './demo.ts';
import { setPolicy, someone } from './people.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { worker, world, worldForAllTests } from './the-world.ts';

/* Whoever is for some clusters only: lists leave out the others, and one thing of another is refused. */

let narrow: Client;
/** An operation of each cluster, and the digest of its plan. */
const made: Record<string, { id: string; digest: string }> = {};

worldForAllTests(async () => {
  const { admin } = world;
  await addHosts(admin, 'h1', 'h2', 'h3', 'h4');
  await propose(admin);
  const prod = { ...demoSpec, cluster: 'prod', nodes: { h4: { role: 'manager' } } };
  await unwrap(admin.v1.clusters[':cluster'].spec.$put({ param: { cluster: 'prod' }, json: { spec: prod } }));
  const other = await unwrap(admin.v1.clusters[':cluster'].plans.$post({ param: { cluster: 'prod' }, json: {} }));
  for (const [cluster, { id }] of Object.entries({ demo: await plan(admin), prod: other })) {
    const planned = await worker.run(id, bareHosts('h1', 'h2', 'h3', 'h4'));
    made[cluster] = { id, digest: planned.kind === 'planned' ? planned.plan.digest : '' };
  }
  for (const cluster of ['demo', 'prod', '*'])
    await unwrap(admin.v1.holds.$post({ json: { kind: 'freeze', cluster, reason: 'a release' } }));
  const json = { role: 'operator', clusters: ['demo', 'staging-*'], label: 'narrow' } as const;
  const { token } = await unwrap(admin.v1.tokens.$post({ json: { ...json, clusters: [...json.clusters] } }));
  narrow = world.clientOf(token);
});

test('lists show what is of its clusters', async () => {
  const { items: clusters } = await unwrap(narrow.v1.clusters.$get());
  expect(clusters.map(({ name }) => name)).toEqual(['demo']);
  const { items: operations } = await unwrap(narrow.v1.operations.$get({ query: {} }));
  expect(operations.map(({ id }) => id)).toEqual([made['demo']?.id]);
  const { items: holds } = await unwrap(narrow.v1.holds.$get());
  expect(holds.map(({ cluster }) => cluster)).toEqual(['demo', '*']);
  expect((await unwrap(narrow.v1.approvals.$get({ query: {} }))).items).toEqual([]);
  expect((await unwrap(narrow.v1['break-glass'].$get())).items).toEqual([]);
  // No host belongs to a cluster before its plan is accepted.
  expect((await unwrap(narrow.v1.hosts.$get())).items).toEqual([]);
});

test('the record shows events of its clusters, also when others are asked for', async () => {
  const clustersOf = async (q: string) => [
    ...new Set((await unwrap(narrow.v1.audit.$get({ query: { q, limit: '200' } }))).items.map((one) => one.cluster)),
  ];
  expect(await clustersOf('stream:all')).toEqual(['demo']);
  expect(await clustersOf('cluster:prod')).toEqual([]);
  expect(await clustersOf('cluster:prod cluster:d*')).toEqual(['demo']);
});

test('what is of its clusters can be looked at and followed, what is of another is refused', async () => {
  const look = (cluster: string) => {
    const { id = '', digest = '' } = made[cluster] ?? {};
    return [
      unwrap(narrow.v1.operations[':id'].$get({ param: { id }, query: {} })),
      unwrap(narrow.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} })),
      unwrap(narrow.v1.plans[':digest'].$get({ param: { digest } })),
    ];
  };
  for (const asked of look('demo')) await expect(asked).resolves.toBeDefined();
  for (const asked of look('prod')) await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
});

test('a role that may nothing of the kind is refused, not shown an empty list', async () => {
  await expect(unwrap(world.worker.v1.operations.$get({ query: {} }))).rejects.toMatchObject({ code: 'forbidden' });
  const bob = await someone(world, 'bob', 'viewer');
  await setPolicy(world, { rules: [{ deny: ['read'], to: { person: 'bob' } }] });
  await expect(unwrap(bob.api.v1.clusters.$get())).rejects.toMatchObject({ code: 'forbidden' });
});

test('a rule that hides a cluster hides it in lists as well', async () => {
  const eve = await someone(world, 'eve', 'viewer');
  await setPolicy(world, { rules: [{ deny: ['read'], to: { person: 'eve' }, clusters: ['prod'] }] });
  expect((await unwrap(eve.api.v1.clusters.$get())).items.map(({ name }) => name)).toEqual(['demo']);
});
