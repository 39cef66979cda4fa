import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unwrap, unwrapStream } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { sha256 } from '#db/sha256-node.ts';
import { addHosts, apply, cluster, demoSpec, plan, propose } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { world, worldForEachTest } from './the-world.ts';

const canary = 'canary-7f3a';
const spec = {
  ...demoSpec,
  services: { web: { image: 'nginx', networks: ['net1'], environment: { PASSWORD: canary } } },
  containers: { box: { host: 'h2', image: 'nginx', networks: ['net1'], environment: { PASSWORD: canary } } },
};

worldForEachTest(async () => {
  await addHosts(world.admin, 'h1', 'h2', 'h3');
  await propose(world.admin, spec);
});

/** Everything that a person can read, as text. */
async function everythingReadable(token: string): Promise<string> {
  const api = world.clientOf(token);
  world.answers.length = 0;
  const texts: string[] = [];
  await unwrap(api.v1.hosts.$get());
  const { items } = await unwrap(api.v1.operations.$get({ query: {} }));
  for (const { id, planDigest } of items) {
    await unwrap(api.v1.operations[':id'].$get({ param: { id }, query: {} }));
    await unwrap(api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }));
    const options = { headers: { accept: 'text/event-stream' } };
    const events = api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }, options);
    texts.push(await new Response(await unwrapStream(events)).text());
    if (planDigest !== null) await unwrap(api.v1.plans[':digest'].$get({ param: { digest: planDigest } }));
  }
  await unwrap(api.v1.clusters.$get());
  await unwrap(api.v1.clusters[':cluster'].revisions.$get({ param: { cluster }, query: {} }));
  await unwrap(api.v1.clusters[':cluster'].revisions[':number'].$get({ param: { cluster, number: '1' } }));
  await unwrap(api.v1.audit.$get({ query: { limit: '200' } }));
  return [...texts, ...world.answers].join('\n');
}

describe('environment values', () => {
  test('reach the worker, and nobody who may only look', async () => {
    const worker = new FakeWorker(world.worker);
    const bare = bareHosts('h1', 'h2', 'h3');
    await worker.run((await plan(world.admin)).id, bare);
    const { id } = await apply(world.admin);
    const lease = await worker.take(id);
    expect(JSON.stringify(lease.revision)).toContain(canary);
    const planned = await worker.observe(bare);
    expect(JSON.stringify(planned)).toContain(canary);
    if (planned.kind !== 'planned') throw new Error('refused');
    await worker.runSteps(planned.plan);
    await worker.end();

    const seen = await everythingReadable(await world.tokenFor('viewer'));
    expect(seen).toContain('PASSWORD');
    expect(seen).not.toContain(canary);
    const log = await unwrapStream(world.admin.v1.audit.export.$get({ query: {} }));
    expect(await new Response(log).text()).not.toContain(canary);
  });
});

test('options of a volume are not kept with the answer of an idempotent request, also where nothing else is masked', async () => {
  const volumes = { files: { driver_opts: { o: `password=${canary}-volume` } } };
  const headers = { 'idempotency-key': 'a-spec-with-a-volume-alone' };
  const json = { spec: { ...demoSpec, volumes } };
  await unwrap(world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json }, { headers }));
  const kept = await world.api.store.query('select body from idempotency_keys', []);
  expect(JSON.stringify(kept)).toContain('driver_opts');
  expect(JSON.stringify(kept)).not.toContain(`${canary}-volume`);
});

describe('tokens', () => {
  test('are in no answer and in no file but the one that is theirs, not even as a hash that is told', async () => {
    const secrets = [world.adminToken, world.api.workerToken].flatMap((token) => [token, token.split('_')[2] ?? '']);
    const hashes = [world.adminToken, world.api.workerToken].map((token) => sha256(token));
    await new FakeWorker(world.worker).run((await plan(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
    const seen = await everythingReadable(world.adminToken);
    expect(seen).toContain(world.adminToken.split('_')[1]);
    for (const secret of [...secrets, ...hashes]) expect(seen).not.toContain(secret);
    const files = readdirSync(world.dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { name, parentPath } of files) {
      const text = readFileSync(join(parentPath, name), 'latin1');
      const here = secrets.filter((secret) => text.includes(secret));
      expect([name, here.length > 0]).toEqual([name, name === 'worker-token']);
    }
  });
});
