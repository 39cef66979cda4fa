import { describe, expect, test } from 'vitest';
import { makeToken } from '#api/tokens.ts';
import { unwrap } from '#api/client.ts';
import { roles, type Role } from '#core/actor.ts';
import { problemSchema } from '#core/wire.ts';
import { approvals, grants, tokens } from '#db/schema/index.ts';
import { insertInto, update } from '#db/change.ts';
import { eq } from 'drizzle-orm';
import type { World } from '#test/world.ts';
import { demoProposed, demoSpec } from './demo.ts';
import { imageRule } from './hooks.ts';
import { world, worldForAllTests } from './the-world.ts';

/* The same questions to every route of the document, so that a new route cannot be forgotten. */

const reason = { reason: 'test' };
const operators: readonly Role[] = ['operator', 'approver', 'admin'];
const workers: readonly Role[] = ['worker'];
const fence = { worker: 'wrk_one', fence: 1 };

const approvers: readonly Role[] = ['approver', 'admin'];
const admins: readonly Role[] = ['admin'];
const people: readonly Role[] = ['viewer', 'operator', 'approver', 'admin'];

/** A valid body for each route that takes one, and which roles may call it. */
const writing: Record<string, { body: unknown; may: readonly Role[] }> = {
  'post /v1/hosts': { body: { name: 'new', address: '10.0.0.1' }, may: operators },
  'delete /v1/hosts/{name}': { body: null, may: operators },
  'post /v1/hosts/{name}/probe': { body: reason, may: operators },
  'post /v1/hosts/{name}/clean': { body: reason, may: operators },
  'post /v1/hosts/{name}/pin': { body: { ...reason, fingerprint: `SHA256:${'A'.repeat(43)}` }, may: operators },
  'post /v1/hosts/{name}/set': { body: { ...reason, port: 2222 }, may: operators },
  'post /v1/hosts/{name}/restart-engine': { body: reason, may: operators },
  'delete /v1/clusters/{cluster}': { body: null, may: operators },
  'put /v1/clusters/{cluster}/spec': { body: { spec: demoSpec }, may: operators },
  'post /v1/clusters/{cluster}/edits': {
    body: { verb: 'network rm', args: { name: 'net1' } },
    may: operators,
  },
  'post /v1/clusters/{cluster}/plans': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/apply': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/verify': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/networks/{network}/inspections': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/ps': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/services/{service}/logs': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/containers/{container}/logs': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/revisions/{number}/withdraw': { body: {}, may: operators },
  'post /v1/commands': { body: { text: 'plan in demo' }, may: operators },
  'post /v1/operations/{id}/cancel': { body: {}, may: operators },
  'post /v1/operations/{id}/retry': { body: {}, may: operators },
  'post /v1/clusters/{cluster}/adopt': { body: { from: 'nohost' }, may: operators },
  'post /v1/clusters/{cluster}/preflight': { body: {}, may: operators },
  'put /v1/clusters/{cluster}/schedule': { body: { everySeconds: 3600 }, may: operators },
  'delete /v1/clusters/{cluster}/schedule': { body: null, may: operators },
  'post /v1/preflights': { body: { hosts: ['nothing'] }, may: operators },
  'post /v1/worker/operations/{id}/adoption': { body: { ...fence, observation: {} }, may: workers },
  'post /v1/persons': { body: { name: 'newcomer' }, may: admins },
  'delete /v1/persons/{person}': { body: null, may: admins },
  'put /v1/persons/{person}/role': { body: { role: 'operator' }, may: admins },
  'post /v1/persons/{person}/identities': { body: { kind: 'slack', externalId: 'T1/U1' }, may: admins },
  'delete /v1/persons/{person}/identities': { body: null, may: admins },
  'post /v1/tokens': { body: { label: 'mine' }, may: people },
  'post /v1/tokens/{token}/roll': { body: {}, may: admins },
  'post /v1/tokens/{token}/revoke': { body: {}, may: admins },
  'post /v1/webhooks/sources': { body: { name: 'new', kind: 'github', rules: [imageRule] }, may: admins },
  'put /v1/webhooks/sources/{source}/rules': { body: { rules: [imageRule] }, may: admins },
  'post /v1/webhooks/sources/{source}/roll': { body: {}, may: admins },
  'delete /v1/webhooks/sources/{source}': { body: null, may: admins },
  'post /v1/webhooks/deliveries/{delivery}/replay': { body: {}, may: operators },
  'post /v1/webhooks/targets': {
    body: { name: 'new', url: 'https://hooks.example', events: ['operation.failed'] },
    may: admins,
  },
  'post /v1/webhooks/targets/{target}/roll': { body: {}, may: admins },
  'post /v1/webhooks/targets/{target}/enable': { body: {}, may: admins },
  'delete /v1/webhooks/targets/{target}': { body: null, may: admins },
  'post /v1/webhooks/messages/{message}/replay': { body: {}, may: operators },
  'post /v1/ci/trusts': {
    body: { name: 'new', provider: 'github', audience: 'x', repository: '7', clusters: ['demo'] },
    may: admins,
  },
  'delete /v1/ci/trusts/{name}': { body: null, may: admins },
  'put /v1/policy': { body: { policy: {} }, may: admins },
  'post /v1/approvals/{approval}/approve': { body: {}, may: approvers },
  'post /v1/approvals/{approval}/deny': { body: reason, may: approvers },
  'put /v1/channels/{cluster}': { body: { channel: 'C0123ABCD' }, may: approvers },
  'delete /v1/channels/{cluster}': { body: null, may: approvers },
  'post /v1/holds': { body: { kind: 'freeze', cluster: 'demo', reason: 'test', minutes: 1 }, may: approvers },
  'post /v1/holds/end': { body: { kind: 'freeze', cluster: 'demo' }, may: approvers },
  'post /v1/break-glass': { body: { cluster: 'demo', confirm: 'nothing', reason: 'only for a test' }, may: approvers },
  'post /v1/break-glass/{grant}/end': { body: {}, may: approvers },
  'post /v1/break-glass/{grant}/review': { body: { review: 'only for a test' }, may: approvers },
  'post /v1/notices/seen': { body: { ids: [] }, may: people },
  'post /v1/worker/leases': { body: { worker: 'wrk_one', operation: 'op_x' }, may: workers },
  'post /v1/worker/operations/{id}/renewals': { body: fence, may: workers },
  'post /v1/worker/operations/{id}/release': { body: fence, may: workers },
  'post /v1/worker/operations/{id}/observation': { body: { ...fence, observation: {} }, may: workers },
  'post /v1/worker/operations/{id}/logs': { body: { ...fence, records: [], isLast: true }, may: workers },
  'post /v1/worker/operations/{id}/reports': { body: { ...fence, reports: [] }, may: workers },
};
/** Reading routes that not every person may use. */
const reading: Record<string, readonly Role[]> = {
  'get /v1/audit/export': operators,
  'get /v1/operations/{id}/logs': operators,
  'get /v1/webhooks/sources': operators,
  'get /v1/webhooks/sources/{source}': operators,
  'get /v1/webhooks/deliveries': operators,
  'get /v1/ci/trusts': operators,
  'get /v1/webhooks/targets': operators,
  'get /v1/webhooks/messages': operators,
  'get /v1/worker/leases': workers,
  'get /v1/worker/doorbells': workers,
  'get /v1/whoami': roles,
  'get /v1/can': roles,
};

let operation = '';
let byRole: Record<Role, string>;
worldForAllTests(async () => {
  await demoProposed(world.admin);
  const made = await unwrap(world.admin.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));
  operation = made.id;
  await somethingToDecide(world, operation);
  byRole = {
    viewer: await world.tokenFor('viewer'),
    operator: await world.tokenFor('operator'),
    approver: await world.tokenFor('approver'),
    admin: world.adminToken,
    worker: world.api.workerToken,
  };
});

/** An approval that waits and a grant, as nobody needs to have come to them here. */
async function somethingToDecide({ api, admin }: World, id: string): Promise<void> {
  const { items } = await unwrap(admin.v1.persons.$get());
  const person = items[0]?.id ?? '';
  const common = { cluster: 'demo', createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T00:00:00.000Z' };
  const risk = 'low' as const;
  const decision = { operation: id, digest: 'd', risk, required: 1, makers: [], votes: [], version: 1 };
  await api.store.commit({
    changes: [
      insertInto(approvals).values({ ...common, ...decision, id: 'apr_test', state: 'open' }),
      insertInto(grants).values({ ...common, id: 'bg_test', person, personName: 'ada', reason: 'test' }),
    ],
    events: [],
  });
}

interface Route {
  key: string;
  method: string;
  path: string;
}

const routes = (): Route[] =>
  world.api.app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path } = definition.route;
    return path.startsWith('/v1/') ? [{ key: `${method} ${path}`, method, path }] : [];
  });

/** Some routes need a query. */
const queries: Record<string, string> = {
  leases: '?worker=wrk_one',
  doorbells: '?worker=wrk_one&wait=0',
  can: '?verb=apply',
  identities: '?kind=slack&externalId=T1/U1',
};
const withQuery = [/(leases|doorbells|can|identities)$/, (word: string) => word + (queries[word] ?? '')] as const;

/** The path with names of things that are there. */
const known = (path: string): string =>
  path
    .replace('{cluster}', 'demo')
    .replace('{name}', 'h1')
    .replace('{network}', 'net1')
    .replace('{number}', '1')
    .replace('{id}', operation)
    .replace('{person}', 'ada')
    .replace('{token}', world.adminToken.split('_')[1] ?? '')
    .replace('{approval}', operation)
    .replace('{grant}', 'bg_test')
    .replace(...withQuery);

function ask({ key, method, path }: Route, token: string | null, to = known(path)): Promise<Response> {
  const body = writing[key]?.body;
  const headers = new Headers(token === null ? {} : { authorization: `Bearer ${token}` });
  if (body !== undefined && body !== null) headers.set('content-type', 'application/json');
  const init = { method: method.toUpperCase(), headers, ...(body == null ? {} : { body: JSON.stringify(body) }) };
  return Promise.resolve(world.api.app.fetch(new Request(`http://flotilla.test${to}`, init)));
}

const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return problemSchema.parse(await response.json());
};

const sequence = async () => (await world.api.store.head()).sequence;

describe('every route', () => {
  test('that changes something is in the table of this test', () => {
    const changing = routes().filter(({ method }) => method !== 'get');
    expect(changing.map(({ key }) => key).sort()).toEqual(Object.keys(writing).sort());
    expect(changing.length).toBeGreaterThan(15);
  });

  test('refuses who has no token, or a wrong one, and changes nothing', async () => {
    const before = await sequence();
    const strange = makeToken().text;
    for (const route of routes()) {
      for (const token of [null, '', 'x', 'flt_a_b_c', strange, `${world.adminToken}x`, byRole.viewer.slice(0, -1)]) {
        const response = await ask(route, token);
        expect([route.key, response.status]).toEqual([route.key, 401]);
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        expect((await problem(response)).code).toBe('unauthenticated');
      }
    }
    const q = `stream:all seq:>=${before + 1} -action:login.failed`;
    expect((await unwrap(world.admin.v1.audit.$get({ query: { q } }))).items).toEqual([]);
    expect(await sequence()).toBeLessThan(before + 65);
  });

  test('refuses a role that may not, puts the denial on record once, and changes nothing else', async () => {
    for (const route of routes()) {
      const may = writing[route.key]?.may ?? reading[route.key] ?? people;
      for (const role of roles.filter((one) => !may.includes(one))) {
        const before = await sequence();
        const response = await ask(route, byRole[role]);
        expect([route.key, role, response.status]).toEqual([route.key, role, 403]);
        expect((await problem(response)).code).toBe('forbidden');
        expect(await sequence()).toBe(before + 1);
      }
    }
    const { items } = await unwrap(
      world.admin.v1.audit.$get({ query: { q: 'stream:access -action:audit.*', limit: '1' } }),
    );
    expect(items).toMatchObject([{ action: 'access.denied', outcome: 'denied' }]);
  });

  test('lets in the roles that may', async () => {
    for (const route of routes()) {
      const may = writing[route.key]?.may ?? reading[route.key] ?? people;
      for (const role of may) {
        const response = await ask(route, byRole[role], unknownOf(route.path));
        expect([route.key, role, [401, 403, 500].includes(response.status)]).toEqual([route.key, role, false]);
        await response.body?.cancel();
      }
    }
  });

  test('says `not_found` for what nobody knows', async () => {
    const withId = routes().filter(({ path }) => path.includes('{') && !path.endsWith('/spec'));
    expect(withId.length).toBeGreaterThan(20);
    for (const route of withId) {
      const token = route.path.startsWith('/v1/worker/') ? byRole.worker : byRole.admin;
      const response = await ask(route, token, unknownOf(route.path));
      const { code } = await problem(response);
      const accepted = /\/(?:observation|adoption)$/.test(route.path) ? ['invalid_input'] : ['not_found'];
      expect([route.key, accepted.includes(code)]).toEqual([route.key, true]);
    }
  });
});

const unknownOf = (path: string): string =>
  path
    .replace('{number}', '99')
    .replace('{digest}', 'f'.repeat(64))
    .replaceAll(/\{\w+\}/g, 'nothing')
    .replace(...withQuery);

describe('a token', () => {
  test('that was revoked or has expired is refused at once', async () => {
    const route = { key: 'get /v1/hosts', method: 'get', path: '/v1/hosts' };
    for (const over of [{ revokedAt: '2026-01-01T00:00:00.000Z' }, { expiresAt: '2026-01-01T00:00:00.000Z' }]) {
      const token = await world.tokenFor('viewer');
      expect((await ask(route, token)).status).toBe(200);
      const id = token.split('_')[1] ?? '';
      await world.api.store.commit({ changes: [update(tokens).set(over).where(eq(tokens.id, id))], events: [] });
      expect((await ask(route, token)).status).toBe(401);
    }
  });

  test('says whose it is, and the record says through which door', async () => {
    const me = await unwrap(world.admin.v1.whoami.$get());
    expect(me).toMatchObject({ role: 'admin', actor: { kind: 'person', name: 'ada' } });
    expect(await unwrap(world.worker.v1.whoami.$get())).toMatchObject({ role: 'worker', actor: { kind: 'worker' } });
    const query = { action: 'host.added', actor: 'ada', limit: '1' };
    const { items } = await unwrap(world.admin.v1.audit.$get({ query }));
    expect(items).toMatchObject([{ source: 'http', actor: { via: `token:${me.token}` } }]);
  });
});
