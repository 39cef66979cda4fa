import { afterEach, beforeEach, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { signatureOf } from '#slack/signature.ts';
import { addHosts, demoProposed } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

/* What comes in broken, old or meant to harm is answered in a sentence; door.test.ts has what is merely mistyped. */

let s: SlackWorld;
let user: string;
beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  ({ user } = await s.join('ann', 'approver'));
});
afterEach(() => s.close());

const second = async (): Promise<void> => {
  const spec = { cluster: 'other', nodes: { h4: { role: 'manager' } } };
  await addHosts(s.world.admin, 'h4');
  await unwrap(s.world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster: 'other' }, json: { spec } }));
};

/** A signed body, byte by byte as it is given. */
async function raw(body: string): Promise<Response> {
  const seconds = String(Math.floor(s.nowMs() / 1000));
  return await s.world.api.app.request('/slack/events', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': await signatureOf(s.slack.workspace.signingSecret, seconds, body),
    },
  });
}

test('bytes that are no UTF-8', async () => {
  const body = `command=%2Fswarm&team_id=T0FAKE&user_id=${user}&channel_id=${ops}&trigger_id=1.2&text=status+%FF%FE%80`;
  const response = await raw(body);
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('cannot be read')]);
});

test('a payload that is no JSON, and one that says nothing', async () => {
  expect((await raw('payload=%7Bbroken')).status).toBe(400);
  expect((await raw('payload=%7B%7D')).status).toBe(403);
});

test('a cluster that is not named where there are two', async () => {
  await second();
  const said = await s.say(user, 'verify');
  expect(said).toContain('does not say of which cluster');
  expect(said).toContain('in NAME');
});

test('a plan whose beginning fits none', async () => {
  expect(await s.say(user, 'apply abcdef')).toContain('There is no plan abcdef');
  expect(await s.say(user, 'approve abcdef')).toMatch(/no approval|nothing to approve|There is no/i);
});

test('mentions, links and markup in a reason stay text, for all who read it', async () => {
  const reason = '<!channel> <https://evil.example|click> *bold* `code` @here';
  await s.slack.command(user, ops, `apply in demo : ${reason}`);
  const said = (await s.told()).map((one) => wordsOf(one)).join();
  expect(said).toContain('click');
  expect(said).not.toMatch(/<!channel>|<!here>|<https?:/);
  await unwrap(
    s.world.admin.v1.holds.$post({
      json: { kind: 'lock', cluster: 'demo', reason: '<!everyone> <@U1> <https://x|y>' },
    }),
  );
  const where = await s.say(user, 'where');
  expect(where).toContain('&lt;!everyone&gt;');
  expect(where).not.toMatch(/<!everyone>|<@U1>|<https/);
});

test('a button of an older version, and one whose value was forged', async () => {
  await s.say(user, 'apply in demo');
  await new FakeWorker(s.world.worker).run(await s.newest(), bareHosts('h1', 'h2', 'h3'));
  const [root] = await s.told();
  if (root === undefined) throw new Error('nothing was told');
  const element = { type: 'button', text: { type: 'plain_text', text: 'x' } };
  const click = async (action_id: string, value: string) => {
    const blocks = [{ type: 'actions', elements: [{ ...element, action_id, value }] }];
    expect((await s.slack.click(user, { ...root, blocks }, action_id)).status).toBe(200);
    return s.alone(user).at(-1) ?? '';
  };
  expect(await click('plan-explode', 'x')).toContain('This button is of an older version');
  expect(await click('plan-approve', '{"approval":1}')).toContain('This button is of an older version');
  expect(await click('plan-approve', '{broken')).toContain('This button is of an older version');
  expect(await click('operation-cancel', '../../x')).toContain('There is no operation');
  expect(await click('plan-apply', "' or 1=1")).toContain('There is no plan');
});

test('a form that was opened by an older version is told to be one, to the person himself', async () => {
  await s.slack.command(user, ops, 'lock demo');
  const [open] = s.slack.workspace.views.values();
  if (open === undefined) throw new Error('no form is open');
  open.view['private_metadata'] = JSON.stringify({ other: 'memory' });
  const answer = await s.slack.submit(user, open.id, { reason: { value: { value: 'mine' } } });
  expect(answer.status).toBe(200);
  const own = () => wordsOf(s.slack.transcript('D0ANN', user).at(-1));
  await expect.poll(own, { timeout: 5000 }).toContain('This form is of an older version');
  s.world.log.splice(0);
});
