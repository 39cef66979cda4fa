import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { clusterLabel } from '#core/spec/names.ts';
import { specLabel } from '#core/plan/container-mark.ts';
import { bareHosts, formedSwarm, withContainer, withNetwork } from '#core/testing/observations.ts';
import { cluster, demoProposed, demoSpec, propose, show } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { setPolicy } from '#test/api/people.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

const bare = bareHosts('h1', 'h2', 'h3');
let s: SlackWorld;
let worker: FakeWorker;
let ann: { id: string; user: string };
let bob: { id: string; user: string };
let eve: { id: string; user: string };

beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  worker = new FakeWorker(s.world.worker);
  ann = await s.join('ann', 'operator');
  bob = await s.join('bob', 'approver');
  eve = await s.join('eve', 'approver');
});
afterEach(() => s.close());

/** What a person is told alone, after he clicked. */
const click = async (user: string, action: string, message = s.root()): Promise<string> => {
  await s.slack.click(user, message, action);
  return s.alone(user).at(-1) ?? '';
};
const approvals = { approvals: [{ low: 1, medium: 1, high: 2, critical: 2 }] };

/** Ann asks by Slack, a worker looks, and the plan waits. */
async function waiting(observation = bare): Promise<string> {
  await setPolicy(s.world, approvals);
  await s.say(ann.user, 'apply in demo : the new network');
  const id = await s.newest();
  await worker.take(id);
  expect((await worker.observe(observation)).kind).toBe('waiting');
  await s.told();
  return id;
}

describe('a plan that waits for approval', () => {
  test('stands in the channel with what it changes, its risk, digest, who asked and why; who may approve is called', async () => {
    const id = await waiting();
    const words = wordsOf(s.root());
    const digest = (await show(s.world.admin, id)).planDigest ?? '';
    for (const part of [
      `<@${ann.user}>`,
      'the new network',
      'start the swarm demo',
      'low (only adds, or takes away what nothing uses)',
      digest.slice(0, 12),
      '0 of 1 approvals',
      'good until <!date',
    ])
      expect(words).toContain(part);
    const below = s.slack.transcript(ops).find(({ threadTs }) => threadTs === s.root().ts);
    expect(wordsOf(below)).toContain(`<@${bob.user}>`);
    expect(wordsOf(below)).not.toContain(`<@${ann.user}>`);
  });

  test('runs after one click of another person; the channel shows by whom, and calls who asked at the end', async () => {
    const id = await waiting();
    expect(await click(bob.user, 'plan-approve')).toContain('Your approval counts: 1 of 1');
    expect(s.world.rings.at(-1)).toMatchObject({ operation: id });
    await worker.run(id, bare);
    const messages = await s.told();
    expect(wordsOf(s.root())).toContain(`approved by <@${bob.user}>`);
    expect(wordsOf(s.root())).toContain('Apply of demo: succeeded');
    expect(wordsOf(messages.at(-1))).toContain(`<@${ann.user}> Apply of demo :white_check_mark: succeeded`);
    expect(await s.world.api.store.read.query.slackMessages.findMany()).toMatchObject([
      { closedAt: expect.any(String) },
    ]);
    const before = messages.length;
    expect(await s.told()).toHaveLength(before);
  });

  test('is not approved by who asked, not twice by one person, not by who may not, and each is told why', async () => {
    await setPolicy(s.world, { approvals: [{ low: 2 }] });
    await s.say(ann.user, 'apply in demo');
    const id = await s.newest();
    await worker.take(id);
    await worker.observe(bare);
    await s.told();
    await unwrap(s.world.admin.v1.persons[':person'].role.$put({ param: { person: ann.id }, json: { role: 'admin' } }));
    expect(await click(ann.user, 'plan-approve')).toContain('does not approve it, under no identity');
    expect(await click(bob.user, 'plan-approve')).toContain('1 of 2');
    expect(await click(bob.user, 'plan-approve')).toContain('You have approved it before');
    const cyd = await s.join('cyd', 'operator');
    expect(await click(cyd.user, 'plan-approve')).toContain('may not do plan.approve');
    expect((await show(s.world.admin, id)).approval).toMatchObject({ state: 'open', votes: [{ name: 'bob' }] });
  });

  test('takes no click after the end, also of a message that still shows the button', async () => {
    await waiting();
    const old = structuredClone(s.root());
    await click(bob.user, 'plan-approve');
    expect(await click(eve.user, 'plan-approve', old)).toContain('enough');
    const id = await s.newest();
    await worker.run(id, bare);
    expect(await click(eve.user, 'plan-approve', old)).toContain('It is used already');
  });

  test('is denied with a reason, which everybody reads', async () => {
    const id = await waiting();
    await s.slack.click(bob.user, s.root(), 'plan-deny');
    const [view] = s.slack.workspace.views.values();
    await s.slack.submit(bob.user, view?.id ?? '', { reason: { value: { value: 'not <!channel> today' } } });
    expect(await show(s.world.admin, id)).toMatchObject({ state: 'blocked', approval: { state: 'denied' } });
    await s.told();
    expect(wordsOf(s.root())).toContain(`denied by <@${bob.user}>: not &lt;!channel&gt; today`);
  });

  test('a form is only opened for who may use it', async () => {
    await waiting();
    expect(await click(ann.user, 'plan-deny')).toContain('Your role does not let you deny plans');
    expect(s.slack.workspace.views.size).toBe(0);
  });

  test('that has changed since it was shown is not approved by the old button', async () => {
    await waiting();
    const old = structuredClone(s.root());
    const wrong = JSON.parse(JSON.stringify(old).replaceAll(/[0-9a-f]{64}/g, 'f'.repeat(64)));
    expect(await click(bob.user, 'plan-approve', wrong)).toContain('The plan has changed since this was shown');
  });

  test('keeps its buttons over a restart of everything but the database', async () => {
    const id = await waiting();
    const { dataDir } = s.world;
    await s.world.api.close();
    const again = await createSlackWorld({ dataDir }, s.slack);
    await again.slack.click(bob.user, s.root(), 'plan-approve');
    expect(await show(again.world.clientOf(s.world.adminToken), id)).toMatchObject({
      state: 'queued',
      approval: { state: 'approved' },
    });
    await again.world.api.close();
  });
});

test('a critical plan takes the typed name of the cluster, and no click alone', async () => {
  await setPolicy(s.world, { approvals: [{ critical: 1 }] });
  const inUse = withContainer(
    withNetwork(formedSwarm(['h1'], ['h2', 'h3']), { name: 'net1', labels: { [clusterLabel]: cluster } }),
    'h2',
    { name: 'tool', networks: ['net1'], labels: { [clusterLabel]: cluster, [specLabel]: '{}' } },
  );
  await s.say(ann.user, 'apply in demo');
  await worker.run(await s.newest(), bare);
  await propose(s.world.admin, { ...demoSpec, networks: {} });
  await s.say(ann.user, 'apply in demo');
  const id = await s.newest();
  await worker.take(id);
  expect((await worker.observe(inUse)).kind).toBe('waiting');
  await s.told();
  expect((await show(s.world.admin, id)).approval?.risk).toBe('critical');
  await s.slack.click(bob.user, s.root(), 'plan-confirm');
  const [view] = s.slack.workspace.views.values();
  const submit = async (name: string) =>
    await (await s.slack.submit(bob.user, view?.id ?? '', { confirm: { value: { value: name } } })).text();
  expect(await submit('demmo')).toContain('That is not the name of the cluster, demo.');
  expect(await submit('demo')).toBe('');
  expect((await show(s.world.admin, id)).approval).toMatchObject({ state: 'approved' });
});
