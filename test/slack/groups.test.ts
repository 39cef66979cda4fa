import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { demoProposed } from '#test/api/demo.ts';
import { setPolicy } from '#test/api/people.ts';
import { createSlackWorld, type SlackWorld } from './slack-world.ts';

const minute = 60_000;
const onCall = {
  rules: [
    { allow: ['cluster.*', 'operation.cancel'], to: { group: '@network-admins' }, clusters: ['demo'], name: 'on call' },
  ],
};
let s: SlackWorld;
let ann: { id: string; user: string };
let bob: { id: string; user: string };

beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  ann = await s.join('ann', 'viewer');
  bob = await s.join('bob', 'viewer');
  s.slack.workspace.groups.set('S0615G0KT', { id: 'S0615G0KT', handle: 'network-admins', users: [ann.user] });
  await setPolicy(s.world, onCall);
});
afterEach(() => s.close());

const record = async (q: string) => (await unwrap(s.world.admin.v1.audit.$get({ query: { q, limit: '50' } }))).items;
const away = (): void => {
  for (const method of ['usergroups.list', 'usergroups.users.list'])
    s.slack.instead.set(method, () => new Response('', { status: 503 }));
};

describe('a rule about a user group of Slack', () => {
  test('lets its members do what it says, and nobody else', async () => {
    expect(await s.say(ann.user, 'plan in demo')).toContain('plan `op_');
    expect(await s.say(bob.user, 'plan in demo')).toContain('may not do cluster.plan');
    expect(await s.say(ann.user, 'host probe h1')).toContain('may not do host.probe');
  });

  test('has what it allows suggested to its members, and to nobody else', async () => {
    expect(await s.say(ann.user, 'help')).toContain('verify');
    expect(await s.say(bob.user, 'help')).not.toContain('verify');
  });

  test('counts for the same person by his token as well', async () => {
    await s.told();
    const { token } = await unwrap(s.world.admin.v1.tokens.$post({ json: { person: 'ann', label: 'laptop' } }));
    const own = s.world.clientOf(token);
    expect(await unwrap(own.v1.can.$get({ query: { verb: 'cluster.verify', cluster: 'demo' } }))).toMatchObject({
      allowed: true,
      groups: [{ group: 'network-admins', isMember: true, fault: null }],
    });
    expect(await unwrap(own.v1.whoami.$get())).toMatchObject({ groups: [{ group: 'network-admins', isMember: true }] });
  });

  test('is shown with its age by whoami and can', async () => {
    await s.told();
    s.advance(3 * minute);
    expect(await s.say(ann.user, 'whoami')).toContain('@network-admins: member, as Slack said 3 min ago');
    expect(await s.say(bob.user, 'whoami')).toContain('@network-admins: not a member, as Slack said 3 min ago');
    const said = await s.say(ann.user, 'can cluster.apply in demo');
    expect(said).toContain('Yes: The policy allows ann cluster.apply on demo (on call, as a member of @network-admins');
  });

  test('follows who comes and goes, and that is on record', async () => {
    await s.told();
    s.slack.workspace.groups.set('S0615G0KT', { id: 'S0615G0KT', handle: 'network-admins', users: [bob.user] });
    s.advance(2 * minute);
    await s.told();
    expect(await s.say(ann.user, 'plan in demo')).toContain('may not do cluster.plan');
    expect(await s.say(bob.user, 'plan in demo')).toContain('plan `op_');
    expect(await record('action:access.group-changed')).toMatchObject([
      { target: { id: 'network-admins' }, details: { added: ['T0FAKE/U0BOB'], removed: ['T0FAKE/U0ANN'] } },
      { details: { added: ['T0FAKE/U0ANN'], removed: [] } },
    ]);
  });
});

describe('while Slack cannot be asked', () => {
  test('what it said last counts for ten minutes, and then for nobody, with the reason', async () => {
    await s.told();
    away();
    s.advance(9 * minute);
    expect(await s.say(ann.user, 'plan in demo')).toContain('plan `op_');
    s.advance(2 * minute);
    const refused = await s.say(ann.user, 'plan in demo');
    expect(refused).toContain('It is not known now whether ann is in @network-admins');
    expect(refused).toContain('11 min old (Slack does not answer (HTTP 503))');
    expect(await s.say(ann.user, 'whoami')).toContain('@network-admins: not known, since what Slack last said');
    s.slack.instead.clear();
    s.advance(minute);
    expect(await s.say(ann.user, 'plan in demo')).toContain('plan `op_');
    s.world.log.splice(0);
  });

  test('a group that was never seen lets nobody in', async () => {
    away();
    expect(await s.say(ann.user, 'plan in demo')).toContain('Slack has not said yet who is in it');
    s.world.log.splice(0);
  });

  test.each([
    ['plan_upgrade_required', 'this Slack plan has no user groups'],
    ['missing_scope', 'the app lacks the scope usergroups:read'],
  ])('%s is told in words', async (error, words) => {
    s.slack.instead.set('usergroups.list', () => Response.json({ ok: false, error }));
    expect(await s.say(ann.user, 'whoami')).toContain(words);
    s.world.log.splice(0);
  });
});

test('a group that was renamed is not known any more under its old name: it lets nobody in, and its deny still holds', async () => {
  await s.told();
  s.slack.workspace.groups.set('S0615G0KT', { id: 'S0615G0KT', handle: 'netops', users: [ann.user] });
  s.advance(11 * minute);
  expect(await s.say(ann.user, 'plan in demo')).toContain('Slack has no such group');
  await setPolicy(s.world, { rules: [{ deny: ['audit.read'], to: { group: 'network-admins' } }] });
  expect(await s.say(bob.user, 'audit')).toContain('It is not known now whether bob is in @network-admins');
  await setPolicy(s.world, { rules: [{ deny: ['audit.read'], to: { group: 'S0615G0KT' } }] });
  s.advance(minute);
  expect(await s.say(bob.user, 'audit')).toContain('Record, the newest first');
  expect(await s.say(ann.user, 'audit')).toContain('The policy denies ann audit.read');
  s.world.log.splice(0);
});

test('twenty rules and fifteen groups are asked for within the limits of Slack', async () => {
  const groups = Array.from({ length: 15 }, (_, at) => `team-${at}`);
  for (const [at, handle] of groups.entries())
    s.slack.workspace.groups.set(`S00000${at}`, { id: `S00000${at}`, handle, users: [bob.user] });
  await setPolicy(s.world, { rules: groups.map((group) => ({ allow: ['cluster.*'], to: { group } })) });
  for (let round = 0; round < 10; round += 1) {
    s.advance(30_000);
    await s.told();
  }
  expect(s.slack.rates.refused.get('usergroups.users.list') ?? 0).toBe(0);
  expect(await s.say(bob.user, 'plan in demo')).toContain('plan `op_');
});
