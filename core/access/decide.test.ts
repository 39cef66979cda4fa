import { describe, expect, test } from 'vitest';
import type { Role } from '../actor.ts';
import { decide, mayOnSome } from './decide.ts';
import { matches } from './glob.ts';
import { noPolicy, policySchema } from './policy.ts';
import { type Subject, wholeScope } from './subject.ts';
import { verbMeant, verbs, type Verb } from './verbs.ts';

const person = (role: Role, some: Partial<Extract<Subject, { kind: 'person' }>> = {}): Subject => ({
  kind: 'person',
  person: 'per_bob',
  name: 'bob',
  role,
  identity: 'token',
  scope: wholeScope,
  groups: null,
  ...some,
});
const policy = (rules: unknown[]) => policySchema.parse({ rules });
const ask = (subject: Subject, verb: Verb, cluster: string | null, rules: unknown[] = []) =>
  decide({ subject, verb, cluster }, policy(rules));

describe('without a policy', () => {
  test('roles decide, and what no role may do is refused', () => {
    expect(decide({ subject: person('operator'), verb: 'cluster.apply', cluster: 'prod' }, noPolicy)).toEqual({
      allowed: true,
      rule: 'role operator',
      why: 'bob has the role operator, which may do cluster.apply on prod.',
    });
    expect(ask(person('viewer'), 'cluster.apply', 'prod')).toMatchObject({ allowed: false, rule: 'default deny' });
    expect(ask(person('operator'), 'plan.approve', 'prod').allowed).toBe(false);
  });

  test('an admin may everything but be a worker, and a worker nothing else', () => {
    const admin = verbs.filter((verb) => !ask(person('admin'), verb, 'prod').allowed);
    expect(admin).toEqual(['worker.work']);
    expect(verbs.filter((verb) => ask({ kind: 'worker' }, verb, null).allowed)).toEqual(['worker.work']);
  });
});

describe('a rule', () => {
  const staging = { allow: ['cluster.*'], to: { person: 'bob' }, clusters: ['staging-*'], name: 'bob tries things' };

  test('gives a person more than his role, on the clusters that it names', () => {
    expect(ask(person('viewer'), 'cluster.apply', 'staging-eu', [staging])).toEqual({
      allowed: true,
      rule: 'bob tries things',
      why: 'The policy allows bob cluster.apply on staging-eu (bob tries things).',
    });
    expect(ask(person('viewer'), 'cluster.apply', 'prod', [staging]).allowed).toBe(false);
    expect(ask(person('viewer'), 'cluster.apply', null, [staging]).allowed).toBe(false);
    expect(ask(person('viewer', { name: 'eve', person: 'per_eve' }), 'cluster.apply', 'staging-eu', [staging])).toEqual(
      expect.objectContaining({ allowed: false }),
    );
  });

  test('that denies wins over every allow and over the role, wherever it stands', () => {
    const deny = { deny: ['cluster.apply'], clusters: ['prod*'], because: 'it is december' };
    const allow = { allow: ['*'], to: { person: 'bob' } };
    for (const rules of [
      [deny, allow],
      [allow, deny],
    ]) {
      const decision = ask(person('admin'), 'cluster.apply', 'prod', rules);
      expect(decision).toMatchObject({ allowed: false });
      expect(decision.why).toContain('it is december');
    }
    expect(ask(person('admin'), 'cluster.apply', 'staging', [deny]).allowed).toBe(true);
  });

  test('may be about a role or a way in', () => {
    const rules = [{ deny: ['cluster.apply'], to: { identity: 'slack', role: 'operator' } }];
    expect(ask(person('operator'), 'cluster.apply', 'prod', rules).allowed).toBe(true);
    expect(ask(person('operator', { identity: 'slack' }), 'cluster.apply', 'prod', rules).allowed).toBe(false);
    expect(ask(person('admin', { identity: 'slack' }), 'cluster.apply', 'prod', rules).allowed).toBe(true);
  });

  test('for one cluster makes a verb worth offering, and one that denies everywhere does not', () => {
    expect(mayOnSome(person('viewer'), 'cluster.apply', policy([staging]))).toBe(true);
    expect(mayOnSome(person('viewer'), 'plan.approve', policy([staging]))).toBe(false);
    expect(mayOnSome(person('operator'), 'cluster.apply', policy([{ deny: ['*'], clusters: ['prod'] }]))).toBe(true);
    expect(mayOnSome(person('operator'), 'cluster.apply', policy([{ deny: ['*'] }]))).toBe(false);
  });

  test('never makes a person a worker, and never meets a worker', () => {
    expect(ask(person('admin'), 'worker.work', null, [{ allow: ['*'] }]).allowed).toBe(false);
    expect(ask({ kind: 'worker' }, 'worker.work', null, [{ deny: ['*'] }]).allowed).toBe(true);
  });
});

describe('a rule about a Slack user group', () => {
  const minute = 60_000;
  const admins = (isMember: boolean, ageMs: number | null, fault: string | null = null) =>
    person('viewer', { groups: [{ group: 'network-admins', isMember, ageMs, fault }] });
  const allow = [{ allow: ['cluster.apply'], to: { group: '@network-admins' }, clusters: ['prod'], name: 'on call' }];
  const deny = [{ deny: ['cluster.apply'], to: { group: '@network-admins' } }];

  test('allows its members, and says as of when', () => {
    expect(ask(admins(true, 2 * minute), 'cluster.apply', 'prod', allow)).toEqual({
      allowed: true,
      rule: 'on call',
      why: 'The policy allows bob cluster.apply on prod (on call, as a member of @network-admins, seen 2 min ago).',
    });
    expect(ask(admins(false, 2 * minute), 'cluster.apply', 'prod', allow).allowed).toBe(false);
    expect(ask(admins(true, 2 * minute), 'cluster.apply', 'staging', allow).allowed).toBe(false);
  });

  test('allows nobody by what is older than the limit, or was never said, and says so', () => {
    expect(ask(admins(true, 10 * minute), 'cluster.apply', 'prod', allow).allowed).toBe(true);
    expect(ask(admins(true, 10 * minute + 1, 'Slack does not answer'), 'cluster.apply', 'prod', allow)).toEqual({
      allowed: false,
      rule: 'on call',
      why: 'It is not known now whether bob is in @network-admins: what Slack last said is 10 min old (Slack does not answer); members may apply a plan, but nobody is let do so on old knowledge.',
    });
    expect(ask(admins(false, null), 'cluster.apply', 'prod', allow).why).toContain('Slack has not said yet');
  });

  test('takes nothing from whom his role allows it, however old', () => {
    const operator = person('operator', {
      groups: [{ group: 'network-admins', isMember: true, ageMs: null, fault: null }],
    });
    expect(ask(operator, 'cluster.apply', 'prod', allow)).toMatchObject({ allowed: true, rule: 'role operator' });
  });

  test('that denies meets its members, and whoever may be one of them', () => {
    const operator = (isMember: boolean, ageMs: number | null) =>
      person('operator', { groups: [{ group: 'network-admins', isMember, ageMs, fault: null }] });
    expect(ask(operator(true, 0), 'cluster.apply', 'prod', deny).allowed).toBe(false);
    expect(ask(operator(false, 0), 'cluster.apply', 'prod', deny).allowed).toBe(true);
    const unsure = ask(operator(false, 11 * minute), 'cluster.apply', 'prod', deny);
    expect(unsure).toMatchObject({ allowed: false });
    expect(unsure.why).toContain('It is not known now');
  });

  test('is not about whoever has no account in Slack', () => {
    expect(ask(person('operator'), 'cluster.apply', 'prod', deny).allowed).toBe(true);
    expect(ask(person('viewer'), 'cluster.apply', 'prod', allow)).toMatchObject({ rule: 'default deny' });
  });

  test('names the group by its handle or its id', () => {
    for (const group of ['@network-admins', 'network-admins', 'S0615G0KT'])
      expect(policySchema.safeParse({ rules: [{ allow: ['*'], to: { group } }] }).success).toBe(true);
    for (const group of ['', '@', '<!subteam^S0615G0KT>', 'network admins'])
      expect(policySchema.safeParse({ rules: [{ allow: ['*'], to: { group } }] }).success).toBe(false);
  });
});

describe('the scope of a token', () => {
  const scoped = (role: Role, clusters: string[]) => person('admin', { scope: { role, clusters } });

  test('narrows what the person may do, and never widens it', () => {
    expect(ask(scoped('viewer', ['*']), 'cluster.apply', 'prod')).toMatchObject({
      allowed: false,
      rule: 'token scope',
    });
    expect(ask(scoped('operator', ['staging']), 'cluster.apply', 'staging').allowed).toBe(true);
    expect(ask(scoped('operator', ['staging']), 'cluster.apply', 'prod').allowed).toBe(false);
    expect(ask(scoped('operator', ['staging']), 'host.add', null).allowed).toBe(false);
    const admin = person('viewer', { scope: { role: 'admin', clusters: ['*'] } });
    expect(ask(admin, 'cluster.apply', 'prod').allowed).toBe(false);
    expect(ask(scoped('viewer', ['*']), 'cluster.apply', 'prod', [{ allow: ['*'] }]).allowed).toBe(false);
  });
});

describe('a policy', () => {
  test('is refused where it names no verb, or both allows and denies', () => {
    for (const rule of [{ allow: ['cluster.destroy'] }, { allow: ['*'], deny: ['*'] }, {}, { allow: [] }]) {
      expect(policySchema.safeParse({ rules: [rule] }).success).toBe(false);
    }
    expect(policySchema.parse({})).toEqual({ approvals: 'none', plan_minutes: 30, rules: [] });
  });
});

test('a pattern matches what it says', () => {
  for (const [pattern, text, does] of [
    ['*', 'anything', true],
    ['prod', 'prod', true],
    ['prod', 'prod2', false],
    ['prod*', 'prod', true],
    ['*-eu', 'a-eu', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'ac', false],
    ['ab*ba', 'aba', false],
    ['*x*', 'axb', true],
  ] as const) {
    expect([pattern, text, matches(pattern, text)]).toEqual([pattern, text, does]);
  }
});

test('people need not write the whole verb', () => {
  expect(verbMeant('apply')).toBe('cluster.apply');
  expect(verbMeant('cluster.plan')).toBe('cluster.plan');
  expect(verbMeant('set')).toBeNull();
  expect(verbMeant('fly')).toBeNull();
});

test('CI may do what its scope says on its own clusters, and a rule may deny it more', () => {
  const ci: Subject = { kind: 'ci', name: 'github', scope: { role: 'operator', clusters: ['prod'] } };
  expect(ask(ci, 'cluster.apply', 'prod')).toMatchObject({ allowed: true, rule: 'role operator' });
  expect(ask(ci, 'cluster.apply', 'other')).toMatchObject({ allowed: false, rule: 'token scope' });
  expect(ask(ci, 'host.add', null).allowed).toBe(false);
  expect(ask(ci, 'plan.approve', 'prod').allowed).toBe(false);
  const deny = [{ name: 'no robots', deny: ['cluster.*'], to: { identity: 'ci' } }];
  expect(ask(ci, 'cluster.apply', 'prod', deny)).toMatchObject({ allowed: false, rule: 'no robots' });
});
