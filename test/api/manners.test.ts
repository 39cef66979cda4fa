import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { dryRunSchema } from '#core/wire.ts';
import { createWorld } from '#test/world.ts';
import { world, worldForAllTests } from './the-world.ts';
import { addHosts, propose } from './demo.ts';

worldForAllTests(
  async () => {
    await addHosts(world.admin, 'h1', 'h2', 'h3');
    await propose(world.admin);
  },
  { limits: { pollMs: 50, heartbeatMs: 100, failedLoginsPerMinute: 3 } },
);

interface Ask {
  method?: string;
  body?: unknown;
  key?: string;
  token?: string;
  headers?: Record<string, string>;
}

const ask = async (path: string, { method = 'POST', body = {}, key, token, headers }: Ask = {}) =>
  await world.api.app.request(path, {
    method,
    headers: {
      authorization: `Bearer ${token ?? world.adminToken}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const plans = '/v1/clusters/demo/plans';
const operations = async () => (await unwrap(world.admin.v1.operations.$get({ query: { limit: '200' } }))).items.length;
let keys = 0;
let key = '';
beforeEach(() => {
  keys += 1;
  key = `key-${keys}`;
});

describe('an Idempotency-Key', () => {
  test('makes a request that is sent again be done once, quoted or bare', async () => {
    const before = await operations();
    const first = await ask(plans, { key });
    expect(first.status).toBe(202);
    const again = await ask(plans, { key: `"${key}"` });
    expect(again.status).toBe(202);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await again.text()).toBe(await first.text());
    expect(await operations()).toBe(before + 1);
  });

  test('holds for acts that start no work as well', async () => {
    const json = { name: `h-${key}`, address: '10.0.0.9', acceptNew: true };
    const first = await ask('/v1/hosts', { key, body: json });
    const again = await ask('/v1/hosts', { key, body: json });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('that comes with another request is refused with 422, whatever differs', async () => {
    await ask(plans, { key });
    for (const [path, body] of [
      [plans, { reason: 'another' }],
      ['/v1/clusters/demo/verify', {}],
    ] as const) {
      const other = await ask(path, { key, body });
      expect(other.status).toBe(422);
      expect(await other.json()).toMatchObject({ code: 'idempotency_reused' });
    }
  });

  test('of another token is another key', async () => {
    const before = await operations();
    await ask(plans, { key });
    expect((await ask(plans, { key, token: await world.tokenFor('admin') })).status).toBe(202);
    expect(await operations()).toBe(before + 2);
  });

  test('whose first request runs still is refused with 409, and one of both is done', async () => {
    const before = await operations();
    const all = await Promise.all(Array.from({ length: 20 }, () => ask(plans, { key })));
    const done = all.filter(({ status }) => status === 202);
    expect(done.length).toBeGreaterThan(0);
    const busy = all.find(({ status }) => status !== 202);
    expect([busy?.status, busy?.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await operations()).toBe(before + 1);
  });

  test('that is none, and none where work is started, is refused with 400', async () => {
    for (const bad of ['', 'a"b', 'x'.repeat(256), 'a b', '""']) {
      expect([bad, (await ask(plans, { key: bad })).status]).toEqual([bad, 400]);
    }
    const without = await ask(plans);
    expect(without.status).toBe(400);
    expect(await without.json()).toMatchObject({ issues: [{ pointer: '/headers/idempotency-key' }] });
  });

  test('of a request that was refused may be tried again', async () => {
    const body = { name: `h-${key}`, address: '10.0.0.9', via: 'nobody', acceptNew: true };
    expect((await ask('/v1/hosts', { key, body })).ok).toBe(false);
    expect((await ask('/v1/hosts', { key, body: { ...body, via: null } })).status).toBe(201);
  });

  test('is forgotten after a day', async () => {
    const first = await (await ask(plans, { key })).json();
    world.advance(86_400_000);
    const later = await ask(plans, { key });
    expect(later.headers.get('idempotency-replayed')).toBeNull();
    expect(await later.json()).not.toEqual(first);
  });
});

describe('a rehearsal', () => {
  test('says what would be on record, and does nothing', async () => {
    const head = await world.api.store.head();
    const host = { name: 'rehearsed', address: '10.0.0.9', acceptNew: true };
    const cases = [
      ['/v1/hosts', host, 'host.added'],
      [plans, {}, 'operation.requested'],
      ['/v1/clusters/demo/apply', {}, 'operation.requested'],
      ['/v1/hosts/h1/probe', {}, 'operation.requested'],
    ] as const;
    for (const [path, body, action] of cases) {
      const response = await ask(`${path}?dry_run=true`, { body });
      expect([path, response.status]).toEqual([path, 200]);
      expect(dryRunSchema.parse(await response.json()).would.map((event) => event.action)).toContain(action);
    }
    const removed = await ask('/v1/hosts/h3?dry_run', { method: 'DELETE' });
    expect(await removed.json()).toMatchObject({
      would: [{ action: 'host.removed', target: { kind: 'host', id: 'h3' } }],
    });
    expect(await world.api.store.head()).toEqual(head);
  });

  test('is refused as the act itself would be', async () => {
    const taken = await ask('/v1/hosts?dry_run=true', { body: { name: 'h1', address: '10.0.0.9', acceptNew: true } });
    expect(await taken.json()).toMatchObject({ code: 'already_exists' });
    const denied = await ask(`${plans}?dry_run=true`, { token: await world.tokenFor('viewer') });
    expect(denied.status).toBe(403);
  });
});

describe('what was refused', () => {
  test('is on record, apart from acts', async () => {
    await ask('/v1/clusters/nowhere/plans', { key });
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { q: 'outcome:refused cluster:nowhere' } }));
    expect(items).toMatchObject([{ action: 'request.refused', details: { code: 'not_found', method: 'POST' } }]);
    const acts = await unwrap(world.admin.v1.audit.$get({ query: { q: 'cluster:nowhere' } }));
    expect(acts.items).toEqual([]);
  });

  test('is on record when it was not understood, was for more than the token, or came from nobody', async () => {
    const small = await createWorld();
    const sent = (path: string, token: string, json: unknown = {}) =>
      small.api.app.request(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(json),
      });
    const made = await unwrap(small.admin.v1.tokens.$post({ json: { role: 'viewer', label: 'small' } }));
    await sent('/v1/hosts', small.adminToken, { name: 'h1' });
    await sent('/v1/tokens', made.token, { label: 'large', role: 'admin' });
    await sent(`/v1/tokens/${made.token}/revoke`, small.adminToken);
    await unwrap(small.admin.v1.tokens[':token'].revoke.$post({ param: { token: made.view.id }, json: {} }));
    await sent('/v1/hosts', made.token);
    await sent('/v1/hosts', 'flt_nobody');
    const { items } = await unwrap(small.admin.v1.audit.$get({ query: { q: 'stream:access -action:audit.*' } }));
    expect(
      items.map(({ action, details, target }) => [action, details['code'], target?.id ?? details['path']]).reverse(),
    ).toEqual([
      ['request.refused', 'invalid_input', '/v1/hosts'],
      ['request.refused', 'forbidden', '/v1/tokens'],
      ['request.refused', 'not_found', `/v1/tokens/flt_${made.view.id}_…/revoke`],
      ['login.failed', 'unauthenticated', made.view.id],
      ['login.failed', 'unauthenticated', '/v1/hosts'],
    ]);
    await small.close();
  });

  test('does not fill the record: so many a minute, and how many were left out', async () => {
    const small = await createWorld({ limits: { refusalsRecordedPerMinute: 3, failedLoginsPerMinute: 1000 } });
    const stranger = () => small.api.app.request('/v1/whoami', { headers: { authorization: 'Bearer flt_x' } });
    for (let turn = 0; turn < 10; turn += 1) await stranger();
    small.advance(20_000);
    await stranger();
    const { items } = await unwrap(small.admin.v1.audit.$get({ query: { q: 'action:login.failed' } }));
    expect(items.map(({ details }) => details['leftOutBefore'] ?? 0)).toEqual([7, 0, 0, 0]);
    await small.close();
  });
});

describe('rates', () => {
  test('are told with every answer, and what is too much is refused with when to come back', async () => {
    const small = await createWorld({ limits: { requestsPerMinute: 5 } });
    const get = (token: string) =>
      small.api.app.request('/v1/whoami', { headers: { authorization: `Bearer ${token}` } });
    const first = await get(small.adminToken);
    expect(first.headers.get('ratelimit-policy')).toBe('"minute";q=5;w=60');
    expect(first.headers.get('ratelimit')).toBe('"minute";r=4;t=0');
    for (let more = 0; more < 4; more += 1) await get(small.adminToken);
    const over = await get(small.adminToken);
    expect(over.status).toBe(429);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await over.json()).toMatchObject({ code: 'rate_limited' });
    expect((await get(small.api.workerToken)).status).toBe(200);
    small.advance(12_000);
    expect((await get(small.adminToken)).status).toBe(200);
    await small.close();
  });

  test('of those without a valid token are counted by address', async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) statuses.push((await ask(plans, { token: 'flt_x' })).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await ask('/v1/whoami', { method: 'GET' })).status).toBe(200);
  });
});

describe('a request', () => {
  test('with a body that is not called JSON is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const response = await ask(plans, { key: `${key}${type.length}`, headers: { 'content-type': type } });
      expect([type, response.status]).toEqual([type, 400]);
    }
  });

  test('for hosts or clusters comes in pages by name', async () => {
    const names: string[] = [];
    let cursor = '';
    do {
      const page = await ask(`/v1/hosts?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, { method: 'GET' });
      const { items, next } = (await page.json()) as { items: { name: string }[]; next: string | null };
      expect(items.length).toBeLessThanOrEqual(2);
      names.push(...items.map(({ name }) => name));
      cursor = next ?? '';
    } while (cursor !== '');
    const all = (await unwrap(world.admin.v1.hosts.$get())).items.map(({ name }) => name);
    expect(names).toEqual(all);
    expect((await ask('/v1/clusters?limit=0', { method: 'GET' })).status).toBe(400);
  });

  test('is answered with headers that keep browsers and caches away', async () => {
    const { headers } = await ask('/v1/whoami', { method: 'GET' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
