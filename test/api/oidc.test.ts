import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { AddTrust, Exchanged } from '#core/ci/contract.ts';
import { type CiIssuer, createCiIssuer } from '#test/fakes/ci-issuer.ts';
import { createWorld, type World } from '#test/world.ts';
import { cluster } from './demo.ts';
import { demoApplied } from './hooks.ts';
import { someone } from './people.ts';

let world: World;
let issuer: CiIssuer;
beforeEach(async () => {
  issuer = await createCiIssuer();
  world = await createWorld({ fetch: issuer.fetch });
  await demoApplied(world);
  await trust({ name: 'shop' });
});
afterEach(() => world.close());

const audience = 'https://flotilla.test';
const wanted = {
  provider: 'github',
  audience,
  repository: '7',
  ref: 'refs/heads/main',
  environment: 'production',
  workflow: '.github/workflows/deploy.yml',
  clusters: [cluster],
} as const;
const trust = (more: Partial<AddTrust> & { name: string }) =>
  unwrap(world.admin.v1.ci.trusts.$post({ json: { ...wanted, clusters: [...wanted.clusters], ...more } }));

const run = {
  repository_id: '7',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  environment: 'production',
  workflow_ref: 'acme/shop/.github/workflows/deploy.yml@refs/heads/main',
  actor: 'ann',
};

const exchange = async (idToken: string): Promise<Exchanged> =>
  unwrap(world.clientOf('none').ci.token.$post({ json: { idToken } }));
const refusal = (idToken: string) =>
  exchange(idToken).then(
    () => null,
    (error: unknown) => error,
  );

describe('a run that a trust wants', () => {
  test('gets a token of ten minutes that acts as CI on the clusters of the trust and nowhere else', async () => {
    const given = await exchange(await issuer.token(run));
    expect(given).toMatchObject({ trust: 'shop', role: 'operator', clusters: [cluster] });
    expect(Date.parse(given.expiresAt) - Date.now()).toBeLessThanOrEqual(600_000);
    const ci = world.clientOf(given.token);
    expect(await unwrap(ci.v1.whoami.$get())).toMatchObject({
      actor: { kind: 'ci', source: 'github:acme/shop', name: 'shop (ann)' },
      clusters: [cluster],
    });
    const edit = { verb: 'service update', args: { name: 'web', image: 'acme/web:2' } };
    await unwrap(ci.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: edit }));
    const operation = await unwrap(
      ci.v1.clusters[':cluster'].apply.$post({ param: { cluster }, header: {}, json: {} }),
    );
    expect(operation.actor).toMatchObject({ kind: 'ci', name: 'shop (ann)' });
    const param = { id: operation.id };
    expect(await unwrap(ci.v1.operations[':id'].$get({ param, query: { wait: '0' } }))).toMatchObject({ id: param.id });
    await unwrap(ci.v1.operations[':id'].events.$get({ param, query: {}, header: {} }));
    const host = { name: 'h9', address: '10.79.0.9', acceptNew: true };
    await expect(unwrap(ci.v1.hosts.$post({ json: host }))).rejects.toMatchObject({
      code: 'forbidden',
      next: expect.stringMatching(/^Use a token that is for it .*, or ask somebody who is operator/),
    });
    expect((await unwrap(ci.v1.operations.$get({ query: {} }))).items.length).toBeGreaterThan(1);
    const token = given.token.split('_').at(-3) ?? '';
    await expect(
      unwrap(world.admin.v1.tokens[':token'].roll.$post({ param: { token }, json: {} })),
    ).rejects.toMatchObject({ code: 'conflict', next: expect.stringContaining('flotilla ci token') });
    world.advance(601_000);
    await expect(unwrap(ci.v1.whoami.$get())).rejects.toMatchObject({
      code: 'unauthenticated',
      next: expect.stringContaining('good for ten minutes'),
    });
  });

  test('is let in once for each token, also when it asks many times at once', async () => {
    const idToken = await issuer.token(run);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refusal(idToken)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    expect(answers.find((answer) => answer !== null)).toMatchObject({
      code: 'unauthenticated',
      message: 'This token was exchanged before',
    });
  });

  test('does not approve what it asks for: whoever started it is known', async () => {
    const ann = await someone(world, 'ann', 'approver');
    const json = { kind: 'ci' as const, externalId: 'github:ann' };
    await unwrap(world.admin.v1.persons[':person'].identities.$post({ param: { person: 'ann' }, json }));
    const { token } = await exchange(await issuer.token(run));
    expect(await unwrap(world.clientOf(token).v1.whoami.$get())).toMatchObject({ actor: { person: ann.id } });
  });

  test('is on record with what it is, and never with the token', async () => {
    const idToken = await issuer.token(run);
    await exchange(idToken);
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { action: 'token.exchanged' } }));
    expect(items[0]).toMatchObject({ actor: { kind: 'ci' }, details: { trust: 'shop', claims: { person: 'ann' } } });
    expect(JSON.stringify(items)).not.toContain(idToken.split('.')[2]);
    const check = await unwrap(world.admin.v1.audit.verify.$get({ query: { reconcile: 'true' } }));
    expect(check).toMatchObject({ ok: true, mismatches: [] });
  });
});

describe('a run that no trust wants', () => {
  test.each([
    ['repository', { repository_id: '8' }],
    ['ref', { ref: 'refs/heads/other' }],
    ['ref', { ref: 'refs/pull/1/merge' }],
    ['environment', { environment: 'staging' }],
    ['environment', { environment: undefined }],
    ['workflow', { workflow_ref: 'acme/shop/.github/workflows/other.yml@refs/heads/main' }],
    ['workflow', { workflow_ref: 'evil/shop/.github/workflows/deploy.yml@refs/heads/main' }],
  ])('is not let in by its %s %o', async (word, other) => {
    expect(await refusal(await issuer.token({ ...run, ...other }))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(word),
    });
  });

  test('is not let in with another audience, which is told, and nothing of the trusts', async () => {
    const why = await refusal(await issuer.token(run, { audience: 'https://other.test' }));
    expect(why).toMatchObject({
      code: 'unauthenticated',
      message: 'The token is for another audience: https://other.test',
      next: expect.stringContaining('`flotilla ci trusts`'),
    });
  });

  test('is not let in from another issuer, which is told with what lets it in', async () => {
    expect(await refusal(await issuer.token(run, { issuer: 'https://evil.test' }))).toMatchObject({
      code: 'unauthenticated',
      message: 'Nobody here trusts the issuer of this token, https://evil.test',
      next: expect.stringContaining('`flotilla ci trust`'),
    });
  });

  test('is not let in out of its time, or without an id, and is told so in words', async () => {
    const hour = 3_600_000;
    const said = async (claims: object, how: object = {}) => refusal(await issuer.token({ ...run, ...claims }, how));
    const saying = (part: string) => ({ code: 'unauthenticated', message: expect.stringContaining(part) });
    expect(await said({}, { atMs: Date.now() - hour })).toMatchObject(saying('it was good until 20'));
    expect(await said({}, { atMs: Date.now() - hour - 60_000, forS: 7200 })).toMatchObject(
      saying('more than an hour ago'),
    );
    expect(await said({}, { atMs: Date.now() + hour })).toMatchObject(saying('compare the clocks'));
    expect(await said({ jti: '' })).toMatchObject({ code: 'unauthenticated' });
    expect(await said({ sub: undefined })).toMatchObject(saying('it does not say `sub`'));
    expect(await refusal('not.a.token-at-all-really')).toMatchObject({ code: 'unauthenticated' });
  });

  test('is not let in by a signature of another’s key, by none, and by a changed claim', async () => {
    const other = await createCiIssuer();
    expect(await refusal(await other.token(run))).toMatchObject({
      code: 'unauthenticated',
      message: 'The token is not valid: its signature is not by a key of the issuer',
    });
    const [head = '', body = '', signature = ''] = (await issuer.token(run)).split('.');
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...Object(claims), repository_id: '7', actor: 'eve' })).toString(
      'base64url',
    );
    expect(await refusal(`${head}.${forged}.${signature}`)).toMatchObject({ code: 'unauthenticated' });
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await refusal(`${none}.${body}.`)).toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a trust that no run could ever fit', () => {
  test.each([
    ['repository', { repository: 'acme/shop' }, 'the number that the sender gives it'],
    ['ref', { ref: 'main' }, 'such as refs/heads/main'],
    ['issuer', { issuer: 'http://gitlab.test' }, 'write an https address'],
  ])('is refused for its %s', async (at, wrong, message) => {
    await expect(trust({ name: 'other', ...wrong })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
      issues: [expect.objectContaining({ pointer: `/${at}` })],
    });
  });
});

describe('the keys of the issuer', () => {
  test('are asked for once, again when they have changed, and a key that went is good no more', async () => {
    await exchange(await issuer.token(run));
    await exchange(await issuer.token(run));
    expect(issuer.asked).toBe(1);
    const old = await issuer.token(run);
    await issuer.rotate();
    // Within half a minute of the last look there is no other: a made-up key name must not make us ask without end.
    expect(await refusal(await issuer.token(run))).toMatchObject({ code: 'unauthenticated' });
    expect(issuer.asked).toBe(1);
    expect(await refusal(old)).toBeNull();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    try {
      expect(await refusal(await issuer.token(run))).toBeNull();
      expect(issuer.asked).toBe(2);
      const gone = await issuer.token(run);
      await issuer.rotate();
      vi.setSystemTime(Date.now() + 31_000);
      await exchange(await issuer.token(run));
      expect(await refusal(gone)).toMatchObject({ code: 'unauthenticated' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('that cannot be had refuse nothing as forged: it is said that they are away', async () => {
    issuer.goAway();
    expect(await refusal(await issuer.token(run))).toMatchObject({ code: 'issuer_unreachable' });
    expect(world.log.splice(0).join()).toContain('cannot be had');
    issuer.comeBack();
    expect(await refusal(await issuer.token(run))).toBeNull();
  });
});

describe('trusts', () => {
  test('are an admin’s; one that is removed ends its tokens', async () => {
    const operator = await world.clientFor('operator');
    const json = { ...wanted, name: 'mine', clusters: [cluster] };
    await expect(unwrap(operator.v1.ci.trusts.$post({ json }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(trust({ name: 'shop' })).rejects.toMatchObject({ code: 'already_exists' });
    const { token } = await exchange(await issuer.token(run));
    await unwrap(world.admin.v1.ci.trusts[':name'].$delete({ param: { name: 'shop' } }));
    await expect(unwrap(world.clientOf(token).v1.whoami.$get())).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await refusal(await issuer.token(run))).toMatchObject({ code: 'unauthenticated' });
    expect((await unwrap(world.admin.v1.ci.trusts.$get())).items).toEqual([]);
  });

  test('of GitLab read its claims', async () => {
    await trust({
      name: 'lab',
      provider: 'gitlab',
      repository: '5',
      ref: 'refs/heads/main',
      environment: null,
      workflow: '.gitlab-ci.yml',
      role: 'viewer',
    });
    const job = {
      project_id: '5',
      project_path: 'acme/shop',
      ref: 'main',
      ref_type: 'branch',
      user_login: 'ann',
      ci_config_ref_uri: 'gitlab.com/acme/shop//.gitlab-ci.yml@refs/heads/main',
    };
    const gitlab = { issuer: 'https://gitlab.com' };
    expect(await exchange(await issuer.token(job, gitlab))).toMatchObject({ trust: 'lab', role: 'viewer' });
    const tag = await issuer.token({ ...job, ref_type: 'tag' }, gitlab);
    expect(await refusal(tag)).toMatchObject({ code: 'forbidden', message: expect.stringContaining('refs/tags/main') });
  });
});
