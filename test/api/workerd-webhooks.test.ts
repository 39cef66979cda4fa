import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestHarness } from 'wrangler';
import { createClient, unwrap } from '#api/client.ts';
import { makeToken } from '#api/tokens.ts';
import { newSealingKey } from '#core/sealing.ts';
import { outEventSchema } from '#core/webhooks/out/contract.ts';
import { isSignedBy } from '#core/webhooks/out/sign.ts';
import { until } from '#lab/wait.ts';
import { demoProposed, plan } from './demo.ts';
import { fromGithub, imageRule, published } from './hooks.ts';

/* Webhooks in a real workerd with a key to seal with. What it asks of the world comes to this process. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const token = makeToken();
const secrets = { SEALING_KEY: newSealingKey(), FLOTILLA_ADMIN_TOKEN: token.text };
const server = createTestHarness({ root, workers: [{ configPath: './wrangler.toml', secrets }] });
const fetch = async (request: Request): Promise<Response> => {
  const body = request.body === null ? null : await request.text();
  return await server.fetch(request.url, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body,
  });
};
const admin = createClient({ baseUrl: 'http://flotilla.test', token: token.text, fetch });

/** What the world was asked, and what it answers. */
const asked: { url: string; headers: Headers; body: string }[] = [];
let status = 200;
const ours = globalThis.fetch;

beforeAll(async () => {
  vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!new URL(request.url).hostname.endsWith('.example.com')) return await ours(input, init);
    asked.push({ url: request.url, headers: request.headers, body: await request.text() });
    return new Response('', { status, headers: { location: 'https://elsewhere.example.com/' } });
  });
  await server.listen();
  await server.getWorker().applyD1Migrations('DB');
  await demoProposed(admin);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

test('a secret is sealed and opened again: what is signed with it is taken, anything else is not', async () => {
  const rules = [{ ...imageRule, command: 'network rm net1' }];
  const source = await unwrap(
    admin.v1.webhooks.sources.$post({ json: { name: 'github', kind: 'github', rules, secret: null } }),
  );
  const body = published('ab', { repository: { id: 8 } });
  const forged = await fetch(await fromGithub({ ...source, secret: 'x'.repeat(32) }, body));
  expect(forged.status).toBe(401);
  const signed = await fetch(await fromGithub(source, body));
  expect([signed.status, await signed.json()]).toMatchObject([200, { state: 'ignored' }]);
});

test('targets are told by the call of each minute, signed; what is no public name is not asked', async () => {
  const add = async (name: string, url: string) =>
    await unwrap(
      admin.v1.webhooks.targets.$post({ json: { name, url, events: ['operation.requested'], allowPrivate: false } }),
    );
  const { keys } = await add('chat', 'https://hooks.example.com/x');
  await add('inside', 'https://metadata.google.internal/x');
  const { id } = await plan(admin);
  // It goes on for most of a minute, and is ended with the server.
  const minute = server.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() });
  minute.catch(() => undefined);
  const messages = async () => (await unwrap(admin.v1.webhooks.messages.$get({ query: {} }))).items;
  const done = await until('both were tried', async () => {
    const all = await messages();
    return all.length === 2 && all.every(({ attempts }) => attempts > 0) && all;
  });
  expect(done.find(({ target }) => target === 'chat')).toMatchObject({ state: 'delivered', lastStatus: 200 });
  expect(done.find(({ target }) => target === 'inside')).toMatchObject({
    state: 'waiting',
    lastError: 'metadata.google.internal is not a name of the public Internet',
  });
  const [one] = asked;
  if (one === undefined) throw new Error('nothing came');
  expect(outEventSchema.parse(JSON.parse(one.body)).data).toMatchObject({ operation: id, cluster: 'demo' });
  const head = (name: string): string => one.headers.get(name) ?? '';
  const parts = { id: head('webhook-id'), timestamp: Number(head('webhook-timestamp')), body: one.body };
  expect(await isSignedBy(keys[0]?.publicKey ?? '', head('webhook-signature'), parts)).toBe(true);
  status = 302;
  await plan(admin);
  await until('the redirect was seen', async () => (await messages()).some(({ lastStatus }) => lastStatus === 302));
  expect(asked.map(({ url }) => url)).toEqual(['https://hooks.example.com/x', 'https://hooks.example.com/x']);
}, 120_000);
