import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { demoProposed, plan, cluster } from './demo.ts';
import { setPolicy, someone } from './people.ts';
import { admin, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

const idOf = (token: string): string => token.split('_').at(-3) ?? '';
const revoke = (token: string) =>
  unwrap(world.admin.v1.tokens[':token'].revoke.$post({ param: { token: idOf(token) }, json: {} }));

describe('a token', () => {
  test('is told once, kept as a hash, expires after 90 days, and says where it belongs', async () => {
    const made = await unwrap(world.admin.v1.tokens.$post({ json: { label: 'x', env: 'prod' } }));
    expect(made.token).toMatch(new RegExp(`^flt_prod_${made.view.id}_`));
    const { items } = await unwrap(world.admin.v1.tokens.$get());
    expect(JSON.stringify(items)).not.toContain(made.token.split('_')[3]);
    world.advance(89 * 86_400_000);
    await expect(unwrap(world.clientOf(made.token).v1.whoami.$get())).resolves.toMatchObject({ role: 'admin' });
    world.advance(2 * 86_400_000);
    await expect(unwrap(world.clientOf(made.token).v1.whoami.$get())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('is for its role and clusters only, and makes none that is for more', async () => {
    const json = { label: 'narrow', role: 'operator', clusters: ['demo', 'staging-*'] } as const;
    const { token } = await unwrap(world.admin.v1.tokens.$post({ json: { ...json, clusters: [...json.clusters] } }));
    const narrow = world.clientOf(token);
    await expect(plan(narrow)).resolves.toBeDefined();
    await expect(unwrap(narrow.v1.persons.$post({ json: { name: 'x' } }))).rejects.toMatchObject({ code: 'forbidden' });
    const other = narrow.v1.clusters[':cluster'].plans.$post({ param: { cluster: 'prod' }, json: {} });
    await expect(unwrap(other)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(unwrap(narrow.v1.hosts.$post({ json: { name: 'h9', address: '10.0.0.9' } }))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('that is rolled leaves the old one good for the overlap', async () => {
    const old = (await someone(world, 'bob', 'operator')).token;
    const param = { token: idOf(old) };
    const { token } = await unwrap(
      world.clientOf(old).v1.tokens[':token'].roll.$post({ param, json: { overlapMinutes: 10 } }),
    );
    await expect(unwrap(world.clientOf(old).v1.whoami.$get())).resolves.toMatchObject({ actor: { name: 'bob' } });
    world.advance(11 * 60_000);
    await expect(unwrap(world.clientOf(old).v1.whoami.$get())).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(unwrap(world.clientOf(token).v1.whoami.$get())).resolves.toMatchObject({ actor: { name: 'bob' } });
  });

  test('that is rolled is followed by one that is good for as long, unless that is said', async () => {
    const rolled = async (json: { days?: number }) => {
      const ofAMonth = { person: 'ada', label: 'ci', days: 30 };
      const { view: old } = await unwrap(world.admin.v1.tokens.$post({ json: ofAMonth }));
      const { view } = await unwrap(world.admin.v1.tokens[':token'].roll.$post({ param: { token: old.id }, json }));
      return Math.round((Date.parse(view.expiresAt ?? '') - Date.parse(view.createdAt)) / 86_400_000);
    };
    expect(await rolled({})).toBe(30);
    expect(await rolled({ days: 7 })).toBe(7);
  });

  test('that is rolled keeps the word that stands in it', async () => {
    const json = { label: 'ci', env: 'prod' };
    const { view: old } = await unwrap(world.admin.v1.tokens.$post({ json }));
    const roll = { param: { token: old.id }, json: {} };
    const { token, view } = await unwrap(world.admin.v1.tokens[':token'].roll.$post(roll));
    expect(token).toMatch(/^flt_prod_/);
    const again = { param: { token: view.id }, json: {} };
    expect((await unwrap(world.admin.v1.tokens[':token'].roll.$post(again))).token).toMatch(/^flt_prod_/);
  });

  test('that is revoked is over at once', async () => {
    const { token } = await someone(world, 'bob', 'operator');
    await revoke(token);
    await expect(plan(world.clientOf(token))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(revoke(token)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('the last admin', () => {
  test('cannot lock himself out: not by token, role, removal or policy', async () => {
    const { admin } = world;
    const person = { person: 'ada' };
    await expect(revoke(world.adminToken)).rejects.toMatchObject({ code: 'conflict' });
    const role = admin.v1.persons[':person'].role.$put({ param: person, json: { role: 'viewer' } });
    await expect(unwrap(role)).rejects.toMatchObject({ code: 'conflict' });
    await expect(unwrap(admin.v1.persons[':person'].$delete({ param: person }))).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(setPolicy(world, { rules: [{ deny: ['policy.*'] }] })).rejects.toMatchObject({ code: 'conflict' });
    await someone(world, 'eve', 'admin');
    await expect(revoke(world.adminToken)).resolves.toMatchObject({ revokedAt: expect.any(String) });
  });
});

describe('a policy', () => {
  test('holds for the next request, and `can` names the rule', async () => {
    const bob = await someone(world, 'bob', 'operator');
    const deny = { deny: ['cluster.*'], to: { person: 'bob' }, name: 'bob is away', because: 'holidays' };
    await setPolicy(world, { rules: [deny] });
    await expect(plan(bob.api)).rejects.toMatchObject({ code: 'forbidden' });
    const query = { verb: 'apply', cluster, person: 'bob' };
    const said = await unwrap(world.admin.v1.can.$get({ query }));
    expect(said).toMatchObject({ allowed: false, rule: 'bob is away', person: 'bob' });
    await expect(unwrap(bob.api.v1.can.$get({ query: { ...query, person: 'ada' } }))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(setPolicy(world, { rules: [{ allow: ['fly'] }] })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ pointer: expect.stringContaining('/policy/rules/0') }],
    });
  });
});
