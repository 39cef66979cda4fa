import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { signatureOf } from '#slack/signature.ts';
import { addHosts, demoProposed } from '#test/api/demo.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { createSlackWorld, ops, type SlackWorld } from './slack-world.ts';

let s: SlackWorld;
beforeEach(async () => {
  s = await createSlackWorld();
});
afterEach(() => s.close());

const record = async (q: string) => (await unwrap(s.world.admin.v1.audit.$get({ query: { q, limit: '50' } }))).items;

describe('a person who is linked', () => {
  test('is known by his account, and asks what he may', async () => {
    const { user } = await s.join('ann', 'operator');
    expect(await s.say(user, 'whoami')).toContain('You are ann, with the role operator, through slack');
    expect(await s.say(user, 'stats')).toContain('/swarm status');
  });

  test('starts work by the one door: on record as himself, by Slack, and told where it was asked for', async () => {
    await demoProposed(s.world.admin);
    const { id, user } = await s.join('ann', 'operator');
    expect(await s.say(user, 'apply in demo : before the release')).toMatch(/apply `op_.*It is told in this channel/);
    const [operation] = (await unwrap(s.world.admin.v1.operations.$get({ query: { limit: '1' } }))).items;
    const via = `slack:T0FAKE/${user}`;
    expect(operation).toMatchObject({ kind: 'apply', reason: 'before the release', actor: { person: id, via } });
    expect(await record('action:operation.requested')).toMatchObject([{ source: 'slack', actor: { person: id } }]);
    const told = await s.world.api.store.read.query.slackMessages.findMany();
    expect(told).toMatchObject([{ operation: operation?.id, channel: ops, user, audience: 'channel', closedAt: null }]);
  });

  test('may do no more than his role, at once when it is taken from him', async () => {
    await demoProposed(s.world.admin);
    const { id, user } = await s.join('ann', 'operator');
    await unwrap(s.world.admin.v1.persons[':person'].role.$put({ param: { person: id }, json: { role: 'viewer' } }));
    expect(await s.say(user, 'verify demo')).toContain('may not do cluster.verify');
    expect(await record('action:access.denied')).toMatchObject([{ actor: { person: id }, source: 'slack' }]);
  });

  test('sees no value of an environment variable again', async () => {
    await demoProposed(s.world.admin);
    const { user } = await s.join('ann', 'operator');
    const seen = await s.say(user, 'service create web --image nginx --network net1 --env PASSWORD=hunter2 in demo');
    expect(seen).toContain('PASSWORD=***');
    expect(seen).not.toContain('hunter2');
  });
});

test('what came in is known for a day, and forgotten then', async () => {
  const { user } = await s.join('ann', 'operator');
  await s.say(user, 'whoami');
  const kept = async () => (await s.world.api.store.read.query.slackRequests.findMany()).length;
  await s.world.api.sweep();
  expect(await kept()).toBe(1);
  s.advance(25 * 60 * 60_000);
  await s.world.api.sweep();
  expect(await kept()).toBe(0);
});

test('a request that is sent again, byte for byte, starts nothing twice', async () => {
  await demoProposed(s.world.admin);
  const { user } = await s.join('ann', 'operator');
  const first = Promise.withResolvers<Request>();
  const { app } = s.slack;
  s.slack.app = (request) => {
    first.resolve(request.clone());
    return app(request);
  };
  await s.say(user, 'apply in demo');
  const again = await first.promise;
  expect((await s.world.api.app.fetch(again.clone())).status).toBe(200);
  const { items } = await unwrap(s.world.admin.v1.operations.$get({ query: { limit: '10' } }));
  expect(items).toHaveLength(1);
  s.advance(6 * 60_000);
  expect((await s.world.api.app.fetch(again)).status).toBe(401);
  expect(await record('action:slack.refused')).toMatchObject([{ details: { why: 'outside-window' } }]);
});

describe('whoever may not come in', () => {
  test('a stranger is told how to be linked, and is on record', async () => {
    addUser(s.slack.workspace, 'U0EVE');
    expect(await s.say('U0EVE', 'status')).toContain('flotilla person link NAME slack T0FAKE/U0EVE');
    expect(await record('action:access.denied')).toMatchObject([
      { outcome: 'denied', source: 'slack', details: { who: 'T0FAKE/U0EVE' } },
    ]);
  });

  test.each([
    ['a guest', { isRestricted: true }],
    ['a guest of one channel', { isUltraRestricted: true }],
    ['a bot', { isBot: true }],
    ['a deactivated account', { deleted: true }],
    ['somebody of another workspace in a shared channel', { isStranger: true }],
  ])('%s is refused although he is linked', async (_, marks) => {
    const { user } = await s.join('gus', 'admin', marks);
    expect(await s.say(user, 'status')).toContain('You may not act from here');
    expect(await record('action:access.denied')).toHaveLength(1);
  });

  test('an account of another workspace is refused by the receiver', async () => {
    await s.join('ann', 'admin');
    addUser(s.slack.workspace, 'U9EVE', { team: 'T9OTHER' });
    expect((await s.slack.command('U9EVE', ops, 'status')).status).toBe(403);
    expect(await record('action:slack.refused')).toMatchObject([{ details: { why: 'wrong-team', detail: 'T9OTHER' } }]);
  });

  test('a forged request is refused and on record, and so many do not fill the record', async () => {
    const forged = async () =>
      await s.world.api.app.request('/slack/events', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
          'x-slack-signature': await signatureOf('another secret', '1', 'x'),
        },
        body: 'command=%2Fswarm&text=status&team_id=T0FAKE',
      });
    for (let at = 0; at < 40; at += 1) expect((await forged()).status).toBe(401);
    const refusals = await record('action:slack.refused');
    expect(refusals[0]).toMatchObject({ outcome: 'denied', details: { why: 'forged' } });
    expect(refusals.length).toBeLessThanOrEqual(31);
    s.world.log.splice(0);
  });
});

describe('a Slack that does not answer', () => {
  test('at the start stops nothing: it is asked again when somebody comes', async () => {
    s.slack.instead.set('auth.test', () => new Response('', { status: 500 }));
    const { user } = await s.join('ann', 'operator');
    expect(await s.say(user, 'status')).toContain('Slack does not say now which workspace this is. Nothing was done.');
    s.slack.instead.clear();
    expect(await s.say(user, 'host ls')).toContain('Hosts');
  });

  test('to who somebody is lets him look and change nothing', async () => {
    await addHosts(s.world.admin, 'h1');
    const { user } = await s.join('ann', 'operator');
    s.slack.instead.set('users.info', () => Response.json({ ok: false, error: 'internal_error' }));
    expect(await s.say(user, 'host ls')).toContain('h1');
    expect(await s.say(user, 'cluster create demo --manager h1')).toContain('Nothing was done.');
  });

  test('for long keeps nobody waiting: the answer comes afterwards', async () => {
    const { user } = await s.join('ann', 'operator');
    const { promise, resolve } = Promise.withResolvers<Response>();
    s.slack.instead.set('users.info', () => promise);
    const before = Date.now();
    expect(await s.say(user, 'whoami')).toContain('Working on it');
    // Slack itself waits for no more than three seconds.
    expect(Date.now() - before).toBeLessThan(3000);
    resolve(Response.json({ ok: true, user: { team_id: 'T0FAKE' } }));
    await expect.poll(() => s.slack.transcript(ops, user).at(-1)?.text, { timeout: 5000 }).toContain('You are ann');
  });
});

describe('a text that is no command is answered in one sentence', () => {
  test.each([
    ['nothing', '', 'Nothing was said'],
    ['an unknown word', 'frobnicate the cluster', 'There is no command'],
    ['one that is cut short', 'network', 'There is no command `network`'],
    ['3,000 characters', 'x'.repeat(3000), 'at most 2000 characters'],
    ['what is not UTF-8', 'status \uFFFD', 'characters that cannot be read'],
    ['an open quote', 'service create "web', 'A quote is opened'],
    ['text from right to left', 'status \u202Edorp\u202C', 'There is no cluster dorp'],
    ['a call to the channel', 'status <!channel>', 'There is no cluster yet'],
    ['a link', 'status <https://evil.example|prod>', 'There is no cluster prod'],
  ])('%s', async (_, text, answer) => {
    const { user } = await s.join('ann', 'operator');
    const seen = await s.say(user, text);
    expect(seen).toContain(answer);
    expect(seen).not.toMatch(/<!channel>|<https:/);
    expect(s.slack.transcript(ops)).toEqual([]);
  });
});
