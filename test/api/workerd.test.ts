import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHarness } from 'wrangler';
import { createClient, unwrap, unwrapStream } from '#api/client.ts';
import { makeToken } from '#api/tokens.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { insertInto } from '#db/change.ts';
import { d1Store } from '#db/d1.ts';
import type { D1Port } from '#db/d1-port.ts';
import { persons, tokens } from '#db/schema/index.ts';
import { sha256 } from '#db/sha256-node.ts';
import type { Store } from '#db/store.ts';
import { apply, demoProposed, plan, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';

/* The real bundle of wrangler.toml in a real workerd with a local D1. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const server = createTestHarness({ root, workers: [{ configPath: './wrangler.toml' }] });
const fetch = async (request: Request): Promise<Response> => {
  const body = request.body === null ? null : await request.text();
  const { method, headers } = request;
  return await server.fetch(request.url, { method, headers: Object.fromEntries(headers), body });
};
const clientOf = (token: string) => createClient({ baseUrl: 'http://flotilla.test', token, fetch });

const adminToken = makeToken();
const workerToken = makeToken();
const admin = clientOf(adminToken.text);

let beforeMigrations: unknown;
beforeAll(async () => {
  await server.listen();
  const worker = server.getWorker<Record<string, D1Port>>();
  beforeMigrations = await (await server.fetch('http://flotilla.test/readyz')).json();
  await worker.applyD1Migrations('DB');
  const database = (await worker.getEnv())['DB'];
  if (database === undefined) throw new Error('wrangler.toml binds no DB.');
  await addTokens(d1Store({ database, now: Date.now }));
});
afterAll(() => server.close());

async function addTokens(store: Store): Promise<void> {
  const createdAt = new Date().toISOString();
  const row = (token: { id: string; text: string }) => ({ id: token.id, sha256: sha256(token.text), createdAt });
  await store.commit({
    changes: [
      insertInto(persons).values({ id: 'per_ada', name: 'ada', role: 'admin', createdAt }),
      insertInto(tokens).values({ ...row(adminToken), person: 'per_ada', role: 'admin', label: 'first token' }),
      insertInto(tokens).values({ ...row(workerToken), role: 'worker', label: 'worker' }),
    ],
    events: [],
  });
}

describe('the API in workerd', () => {
  test('says before it was migrated what is missing, and what to do', () => {
    expect(beforeMigrations).toMatchObject({
      ok: false,
      missing: [expect.stringMatching(/^the database \(.*has schema 0.*Run `wrangler d1 migrations apply`\.\)$/)],
    });
  });

  test('answers, and asks for a token', async () => {
    expect(await unwrap(admin.healthz.$get())).toMatchObject({ ok: true, missing: [] });
    await expect(unwrap(clientOf('x').v1.hosts.$get())).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await unwrap(admin.v1.hosts.$get())).items).toEqual([]);
  });

  test('runs the whole life of an operation, with its stream and its record', async () => {
    await demoProposed(admin);
    const { id } = await apply(admin);
    const options = { headers: { accept: 'text/event-stream' } };
    const stream = await unwrapStream(
      admin.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }, options),
    );
    const watching = new Response(stream).text();
    await new FakeWorker(clientOf(workerToken.text)).run(id, bareHosts('h1', 'h2', 'h3'));
    expect(await show(admin, id)).toMatchObject({ state: 'succeeded' });
    expect(await watching).toContain('"state":"succeeded"');
    expect(await unwrap(admin.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
  });

  test('takes 200 accepts at once: all are there, and the chain holds', async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => plan(admin)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(200);
    expect(await unwrap(admin.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true, fault: null });
  });

  test('takes webhooks in; without a key to seal with it takes no secret', async () => {
    const rules = [{ event: 'image', repository: 'acme/web', cluster: 'demo', command: 'network rm net1' }];
    const add = (name: string, kind: 'harbor' | 'dockerhub') =>
      unwrap(admin.v1.webhooks.sources.$post({ json: { name, kind, rules, secret: null } }));
    await expect(add('harbor', 'harbor')).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining('SEALING_KEY'),
    });
    const { source } = await add('hub', 'dockerhub');
    const body = JSON.stringify({ push_data: { tag: '1' }, repository: { repo_name: 'acme/web' } });
    const send = async () =>
      await server.fetch(`http://flotilla.test${source.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const answer = await send();
    expect([answer.status, await answer.json()]).toMatchObject([202, { state: 'accepted' }]);
    expect(await (await send()).json()).toMatchObject({ repeated: true });
  });

  test('shows its document and the page to read it', async () => {
    const document = await server.fetch('http://flotilla.test/openapi.json');
    expect(await document.json()).toMatchObject({ openapi: '3.1.0' });
    const page = await server.fetch('http://flotilla.test/docs');
    expect(await page.text()).toContain('<h2 id="hosts">');
  });
});
