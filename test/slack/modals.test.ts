import { afterEach, beforeEach, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { demoProposed } from '#test/api/demo.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

let s: SlackWorld;
let user: string;
beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  ({ user } = await s.join('ann', 'approver'));
});
afterEach(() => s.close());

const view = () => {
  const [open] = s.slack.workspace.views.values();
  if (open === undefined) throw new Error('no modal is open');
  return open;
};

test('what is missing is asked for in a modal, and the command goes on as if it had been typed', async () => {
  await s.slack.command(user, ops, 'service create web --network net1 in demo : for the demo');
  expect(view().view).toMatchObject({ title: { text: 'service create' }, blocks: [{ block_id: 'image' }] });
  expect(s.slack.transcript(ops, user)).toEqual([]);
  await s.slack.submit(user, view().id, { image: { value: { value: 'nginx:1.27' } } });
  expect(s.alone(user).at(-1)).toContain('service create web --image nginx:1.27 --network net1 in demo : for the demo');
  const [operation] = (await unwrap(s.world.admin.v1.operations.$get({ query: { limit: '1' } }))).items;
  expect(operation).toMatchObject({ kind: 'plan', reason: 'for the demo' });
});

test('a reason is asked for where others are kept from something', async () => {
  await s.slack.command(user, ops, 'freeze demo for 2h');
  expect(view().view).toMatchObject({ blocks: [{ block_id: 'reason' }] });
  await s.slack.submit(user, view().id, { reason: { value: { value: 'the <!channel> sale\nbegins' } } });
  expect(wordsOf(s.slack.transcript(ops).at(-1))).toContain('demo is frozen by ann until');
  expect(wordsOf(s.slack.transcript(ops).at(-1))).toContain('the &lt;!channel&gt; sale begins');
});

test('what is wrong is said beside the input, and can be mended', async () => {
  await s.slack.command(user, ops, 'container run c1 --image nginx in demo');
  const answer = await s.slack.submit(user, view().id, { host: { value: { value: 'h/1' } } });
  expect(await answer.json()).toMatchObject({ response_action: 'errors', errors: { host: expect.any(String) } });
  await s.slack.submit(user, view().id, { host: { value: { value: 'h2' } } });
  expect(s.alone(user).at(-1)).toContain('container run c1');
});

test('a role that was lost while the modal stood open is refused', async () => {
  await s.slack.command(user, ops, 'lock demo');
  const { items } = await unwrap(s.world.admin.v1.persons.$get({ query: {} }));
  const person = items.find(({ name }) => name === 'ann');
  const param = { person: person?.id ?? '' };
  await unwrap(s.world.admin.v1.persons[':person'].role.$put({ param, json: { role: 'viewer' } }));
  await s.slack.submit(user, view().id, { reason: { value: { value: 'mine' } } });
  expect(s.alone(user).at(-1)).toContain('may not do lock.set');
});

test('a modal that Slack does not open is asked for in words', async () => {
  s.slack.instead.set('views.open', () => Response.json({ ok: false, error: 'expired_trigger_id' }));
  expect(await s.say(user, 'service create web in demo')).toContain('needs image');
});

test('an answer that can be told nowhere else is told to the person himself', async () => {
  await s.slack.command(user, ops, 'service create web --network net1 in demo');
  const channel = s.slack.workspace.channels.get(ops);
  if (channel !== undefined) channel.appIsMember = false;
  await s.slack.submit(user, view().id, { image: { value: { value: 'nginx' } } });
  const own = () => wordsOf(s.slack.transcript('D0ANN').at(-1));
  await expect.poll(own, { timeout: 5000 }).toContain('service create web --image nginx');
});
