import { describe, expect, test } from 'vitest';
import { createApp } from '#api/app.ts';
import { type Client, createClient, unwrap } from '#api/client.ts';
import { defaultLimits, type Deps } from '#api/deps.ts';
import { defaultRetention } from '#api/retention.ts';
import { localDispatch } from '#api/dispatch.ts';
import { createNotifier } from '#api/notifier.ts';
import { faultsInto } from '#test/logs.ts';
import { createMeter } from '#core/meter.ts';
import { AppError } from '#core/errors.ts';
import { sha256 } from '#db/sha256-node.ts';
import { apply, cluster, demoProposed, plan, show } from './demo.ts';
import { admin, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

describe('an accepted operation', () => {
  test('is on record with its intent, and answers where it can be followed', async () => {
    const response = await admin.v1.clusters[':cluster'].apply.$post({
      param: { cluster },
      header: {},
      json: { reason: 'first release' },
    });
    expect(response.status).toBe(202);
    const operation = await unwrap(Promise.resolve(response));
    expect(response.headers.get('location')).toBe(`/v1/operations/${operation.id}`);
    const { items } = await unwrap(admin.v1.audit.$get({ query: { operation: operation.id } }));
    expect(items).toMatchObject([
      {
        action: 'operation.requested',
        outcome: 'intent',
        reason: 'first release',
        actor: { kind: 'person', name: 'ada' },
        details: { kind: 'apply', revision: 1 },
      },
    ]);
  });

  test('is one of 200 that were asked for at once: all are there, each with its intent, and the chain holds', async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => plan(admin)));
    const ids = new Set(made.map(({ id }) => id));
    expect(ids.size).toBe(200);
    const listed = await everything((cursor) =>
      unwrap(admin.v1.operations.$get({ query: { limit: '60', ...cursor } })),
    );
    expect(new Set(listed.map(({ id }) => id))).toEqual(ids);
    const query = { action: 'operation.requested', limit: '70' };
    const intents = await everything((cursor) => unwrap(admin.v1.audit.$get({ query: { ...query, ...cursor } })));
    expect(new Set(intents.map(({ operation }) => operation))).toEqual(ids);
    expect(new Set(world.rings.map(({ operation }) => operation))).toEqual(ids);
    const check = await unwrap(admin.v1.audit.verify.$get({ query: {} }));
    expect(check).toMatchObject({ ok: true, fault: null });
    expect(check.events).toBeGreaterThan(200);
  });

  test('is found again by its filters', async () => {
    const applied = await apply(admin);
    const planned = await plan(admin);
    const idsOf = async (query: Parameters<typeof admin.v1.operations.$get>[0]['query']) =>
      (await unwrap(admin.v1.operations.$get({ query }))).items.map(({ id }) => id);
    expect(await idsOf({})).toEqual([planned.id, applied.id]);
    expect(await idsOf({ kind: 'apply' })).toEqual([applied.id]);
    expect(await idsOf({ state: 'queued', cluster })).toEqual([planned.id, applied.id]);
    expect(await idsOf({ state: 'running' })).toEqual([]);
    expect(await idsOf({ cluster: 'other' })).toEqual([]);
    await expect(idsOf({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

/** All items of a list, page by page. */
async function everything<T>(page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>) {
  const items: T[] = [];
  for (let cursor: { cursor?: string } = {}; ;) {
    const { items: some, next } = await page(cursor);
    items.push(...some);
    if (next === null) return items;
    cursor = { cursor: next };
  }
}

/** A client of another control plane over the same database, of which something does not work. */
function clientWhere(broken: Partial<Deps>): Client {
  const app = createApp({
    store: world.api.store,
    dispatch: localDispatch(() => {}),
    notifier: createNotifier(),
    answers: null,
    record: null,
    sealer: null,
    fetch,
    nowMs: Date.now,
    sha256,
    version: 'test',
    limits: defaultLimits,
    retention: defaultRetention,
    log: faultsInto(world.log),
    meter: createMeter(),
    tracer: null,
    ...broken,
  });
  return createClient({ baseUrl: 'http://broken.test', token: world.adminToken, fetch: (one) => app.fetch(one) });
}

describe('when the record cannot be written', () => {
  test('nothing is accepted and nothing was done; reading goes on', async () => {
    const rings: unknown[] = [];
    const client = clientWhere({
      store: {
        ...world.api.store,
        head: () => world.api.store.head(),
        commit: () =>
          Promise.reject(new AppError('audit_unavailable', 'The disk is full', { done: 'Nothing was done.' })),
      },
      dispatch: localDispatch((bell) => rings.push(bell)),
    });
    const refused = { code: 'audit_unavailable', done: 'Nothing was done.' };
    await expect(apply(client)).rejects.toMatchObject(refused);
    await expect(plan(client)).rejects.toMatchObject(refused);
    await expect(unwrap(client.v1.hosts[':name'].$delete({ param: { name: 'h1' } }))).rejects.toMatchObject(refused);
    expect(world.log.splice(0)).toEqual([
      expect.stringMatching(/^POST \/v1\/clusters\/demo\/apply: The disk is full/),
      expect.stringContaining('/plans: The disk is full'),
      expect.stringContaining('DELETE /v1/hosts/h1: The disk is full'),
    ]);
    expect(rings).toEqual([]);
    expect((await unwrap(client.v1.operations.$get({ query: {} }))).items).toEqual([]);
    expect((await unwrap(client.v1.hosts.$get())).items).toHaveLength(3);
  });

  test('a ring that fails is counted, and the operation stands all the same', async () => {
    const client = clientWhere({
      dispatch: localDispatch(() => {
        throw new Error('Redis is away');
      }),
    });
    const { id } = await plan(client);
    expect((await show(admin, id)).state).toBe('queued');
    expect(await unwrap(client.healthz.$get())).toMatchObject({ ok: true, lostRings: 1 });
    await world.api.sweep();
    expect(world.rings).toEqual([{ operation: id, number: 1 }]);
  });
});

describe('a request', () => {
  const send = (init: RequestInit, path = '/v1/hosts') => {
    const headers = { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' };
    return world.api.app.fetch(new Request(`http://flotilla.test${path}`, { method: 'POST', headers, ...init }));
  };
  const problem = async (response: Response | Promise<Response>) => (await response).json();

  test('that is not valid is told where it is wrong', async () => {
    await expect(problem(send({ body: '{"name":"h1",' }))).resolves.toMatchObject({ code: 'invalid_input' });
    await expect(problem(send({ body: '{"name":"","address":"a","port":"x","surplus":1}' }))).resolves.toMatchObject({
      code: 'invalid_input',
      issues: [{ pointer: '/name' }, { pointer: '/port' }, { pointer: '/surplus', message: 'This key is not known' }],
    });
    const text = { authorization: `Bearer ${world.adminToken}`, 'content-type': 'text/plain' };
    await expect(problem(send({ body: '{}', headers: text }))).resolves.toMatchObject({
      code: 'invalid_input',
      detail: 'The body has to be JSON',
    });
    await expect(problem(send({ headers: text }))).resolves.toMatchObject({ code: 'invalid_input' });
    const get = { method: 'GET', headers: text };
    await expect(problem(send(get, '/v1/operations?limit=0'))).resolves.toMatchObject({
      issues: [{ pointer: '/query/limit' }],
    });
  });

  test('that is too large is refused, with or without a length', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    await expect(problem(send({ body }))).resolves.toMatchObject({ code: 'payload_too_large', status: 413 });
    const stream = new Blob([body]).stream();
    await expect(problem(send({ body: stream, duplex: 'half' }))).resolves.toMatchObject({
      code: 'payload_too_large',
    });
  });

  test('for nothing that is there is a problem with the request id that its header has', async () => {
    const response = await send({ method: 'GET' }, '/nothing');
    const id = response.headers.get('x-request-id');
    expect(await response.json()).toMatchObject({ code: 'not_found', instance: `urn:flotilla:request:${id}` });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
