import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { cluster, demoProposed } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { approve, setPolicy, someone, type Someone } from '#test/api/people.ts';
import type { FakeMessage } from '#test/fakes/slack/workspace.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

/* A channel follows a cluster: whoever reads only that can tell what others asked for elsewhere. */

const bare = bareHosts('h1', 'h2', 'h3');
const net = 'C0NET';
let s: SlackWorld;
let worker: FakeWorker;
let bob: { id: string; user: string };
let cli: Someone;

beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  s.slack.workspace.channels.set(net, { id: net, name: 'net', appIsMember: true, archived: false });
  worker = new FakeWorker(s.world.worker);
  bob = await s.join('bob', 'approver');
  cli = await someone(s.world, 'cyd', 'approver');
});
afterEach(() => s.close());

const follow = (followed: string, channel: string, api: Client = cli.api) =>
  unwrap(api.v1.channels[':cluster'].$put({ param: { cluster: followed }, json: { channel } }));
const apply = (reason: string, api: Client = cli.api) =>
  unwrap(api.v1.clusters[':cluster'].apply.$post({ param: { cluster }, header: {}, json: { reason } }));
const told = async (channel = net): Promise<FakeMessage[]> => {
  await s.told();
  return s.slack.transcript(channel);
};
const words = async (channel = net) => (await told(channel)).map((one) => wordsOf(one)).join('\n');

describe('an operation that is asked for outside Slack', () => {
  test('stands in the channel: who, what, why, and whether it worked', async () => {
    await follow('demo', net);
    const { id } = await apply('the new rack');
    expect(await words()).toMatch(/Apply of demo: queued.*asked for by \*cyd\*: the new rack/);
    await worker.run(id, bare);
    const messages = await told();
    const root = messages.find(({ text }) => text === 'Apply of demo: succeeded');
    expect(wordsOf(messages.find(({ threadTs }) => threadTs === root?.ts))).toContain(
      '*cyd* Apply of demo :white_check_mark: succeeded',
    );
    const before = messages.length;
    expect(await told()).toHaveLength(before);
  });

  test('calls for approval there, is approved by a click there, and calls who asked by his linked account', async () => {
    await setPolicy(s.world, { approvals: [{ low: 1 }] });
    await follow('demo', net);
    const ann = await s.join('ann', 'operator');
    const { token } = await unwrap(s.world.admin.v1.tokens.$post({ json: { person: 'ann', label: 'laptop' } }));
    const { id } = await apply('the new rack', s.world.clientOf(token));
    await worker.take(id);
    await worker.observe(bare);
    expect(await words()).toContain(`<@${bob.user}>`);
    const root = s.slack.transcript(net).find(({ text }) => text.startsWith('Apply of demo'));
    if (root === undefined) throw new Error('nothing stands in the channel');
    await s.slack.click(bob.user, root, 'plan-approve');
    await worker.run(id, bare);
    const after = await words();
    expect(after).toContain(`approved by <@${bob.user}>`);
    expect(after).toContain(`<@${ann.user}> Apply of demo :white_check_mark: succeeded`);
  });

  test('that starts by itself is told when it does not go well, and once when it does again', async () => {
    await worker.run((await apply('first')).id, bare);
    await follow('demo', net);
    const json = { everySeconds: 900 };
    await unwrap(s.world.admin.v1.clusters[':cluster'].schedule.$put({ param: { cluster }, json }));
    const nextOne = async (state: 'succeeded' | 'failed') => {
      s.advance(900_000);
      await s.world.api.sweep();
      const query = { kind: 'verify', cluster, state: 'queued' } as const;
      const [due] = (await unwrap(s.world.admin.v1.operations.$get({ query }))).items;
      await worker.take(due?.id ?? 'nothing was started');
      await worker.end(state);
    };
    await nextOne('failed');
    expect(await words()).toContain('Verification of demo');
    await nextOne('succeeded');
    await nextOne('succeeded');
    expect((await words()).match(/is proved again: .* after 1 that did not/g)).toHaveLength(1);
  });

  test('that looks only is told when it does not go well', async () => {
    await worker.run((await apply('first')).id, bare);
    await follow('demo', net);
    const look = async () =>
      await unwrap(s.world.admin.v1.clusters[':cluster'].verify.$post({ param: { cluster }, json: {} }));
    const good = await look();
    await worker.take(good.id);
    await worker.end('succeeded');
    expect(await words()).not.toContain('Verification');
    const bad = await look();
    await worker.take(bad.id);
    await worker.end('failed', 'verification_failed');
    expect(await words()).toContain('Verification of demo: failed');
  });

  test('is told once where it was asked for, and also where its cluster is followed', async () => {
    await follow('demo', net);
    const ann = await s.join('ann', 'operator');
    await s.say(ann.user, 'apply in demo : by hand');
    await s.told();
    const roots = (channel: string) =>
      s.slack.transcript(channel).filter(({ text }) => text === 'Apply of demo: queued').length;
    expect([roots(ops), roots(net)]).toEqual([1, 1]);
    await follow('demo', ops);
    await s.say(ann.user, 'apply in demo : by hand, again');
    await s.told();
    expect([roots(ops), roots(net)]).toEqual([2, 1]);
  });
});

describe('acts without an operation', () => {
  test('locks, freezes and their ends are told with who, why and until when', async () => {
    await follow('demo', net);
    const json = { kind: 'lock', cluster, reason: 'moving <!channel> data' } as const;
    await unwrap(cli.api.v1.holds.$post({ json }));
    await unwrap(cli.api.v1.holds.end.$post({ json: { kind: 'lock', cluster, reason: 'moved' } }));
    const said = await words();
    expect(said).toContain(`<#${net}> is told from now on what happens to *demo*, as *cyd* has set`);
    expect(said).toMatch(/\*cyd\* locked \*demo\* until <!date[^>]*>: moving &lt;!channel&gt; data/);
    expect(said).toContain('*cyd* ended the lock on *demo*: moved');
  });

  test('break-glass is told at once, with who must review it, and its review', async () => {
    await follow('demo', net);
    const grant = await unwrap(
      cli.api.v1['break-glass'].$post({ json: { cluster, confirm: cluster, reason: 'the network is down' } }),
    );
    expect(await words()).toMatch(
      /\*cyd\* acts on \*demo\* \*without approval\*.*the network is down.*Another person has/,
    );
    await unwrap(
      s.world.admin.v1['break-glass'][':grant'].review.$post({
        param: { grant: grant.id },
        json: { review: 'it was needed indeed' },
      }),
    );
    expect(await words()).toContain('reviewed the break-glass on *demo*: it was needed indeed');
  });

  test('what is said in the channel that follows is told there once', async () => {
    await s.say(bob.user, 'follow demo');
    await s.say(bob.user, 'lock demo : mine');
    await s.told();
    const locks = s.slack.transcript(ops).filter((one) => wordsOf(one).includes('locked'));
    expect(locks).toHaveLength(1);
    expect(wordsOf(locks[0])).toContain(`<@${bob.user}> locked *demo*`);
  });

  test('of all clusters are told in every channel, once', async () => {
    await follow('demo', net);
    await follow('all', net);
    await unwrap(cli.api.v1.holds.$post({ json: { kind: 'freeze', cluster: '*', reason: 'the sale' } }));
    expect((await told()).filter((one) => wordsOf(one).includes('froze all clusters'))).toHaveLength(1);
  });

  test('that belong to no cluster are told in the channel for all', async () => {
    await follow('demo', ops);
    await follow('all', net);
    await setPolicy(s.world, { approvals: [{ low: 1 }] });
    expect(await words(net)).toContain('changed the policy (number 1)');
    expect(await words(ops)).not.toContain('policy');
  });
});

describe('which channel', () => {
  test('is set where it is said, listed, and taken back', async () => {
    expect(await s.say(bob.user, 'channels')).toContain('No channel is told of any cluster');
    expect(await s.say(bob.user, 'follow demo')).toContain('This channel is told from now on what happens to demo');
    expect(await s.say(bob.user, 'follow demo')).toContain('is told already');
    expect(await s.say(bob.user, 'channels')).toMatch(/demo: <#C0OPS>, since/);
    expect(await s.say(bob.user, 'unfollow demo')).toContain('not told any more');
    await apply('nobody reads this');
    expect((await s.told()).filter(({ text }) => text.startsWith('Apply'))).toEqual([]);
  });

  test('may be another one, by its mention; a conversation with one person is none', async () => {
    await s.say(bob.user, `follow demo --channel <#${net}|net>`);
    expect(await words()).toContain(`<#${net}> is told from now on`);
    s.slack.workspace.channels.set('D0BOB', { id: 'D0BOB', name: 'bob', appIsMember: true, archived: false });
    await s.slack.command(bob.user, 'D0BOB', 'follow demo');
    expect(wordsOf(s.slack.transcript('D0BOB', bob.user).at(-1))).toContain('follows no cluster');
  });

  test('is for approvers to say', async () => {
    const ann = await s.join('ann', 'operator');
    expect(await s.say(ann.user, 'follow demo')).toContain('may not do channel.set');
  });

  test('that cannot be told is shown with why, and is told what it missed once it can be', async () => {
    const channel = s.slack.workspace.channels.get(net);
    if (channel === undefined) throw new Error('there is no channel');
    channel.appIsMember = false;
    await follow('demo', net);
    await s.told();
    expect(await s.say(bob.user, 'channels')).toContain('demo: <#C0NET>, not told: the app is not in it');
    await unwrap(cli.api.v1.holds.$post({ json: { kind: 'lock', cluster, reason: 'meanwhile' } }));
    channel.appIsMember = true;
    s.advance(61_000);
    expect(await words()).toContain('meanwhile');
    expect(await s.say(bob.user, 'channels')).toContain('since');
    s.world.log.splice(0);
  });
});

test('after a restart it goes on where it was, and tells nothing twice', async () => {
  await follow('demo', net);
  await unwrap(cli.api.v1.holds.$post({ json: { kind: 'lock', cluster, reason: 'before' } }));
  await s.told();
  const { dataDir } = s.world;
  const before = s.slack.transcript(net).length;
  await s.world.api.close();
  const again = await createSlackWorld({ dataDir }, s.slack);
  await again.told();
  expect(s.slack.transcript(net)).toHaveLength(before);
  await unwrap(
    again.world.clientOf(cli.token).v1.holds.end.$post({ json: { kind: 'lock', cluster, reason: 'after' } }),
  );
  await again.told();
  expect(
    s.slack
      .transcript(net)
      .map((one) => wordsOf(one))
      .join(),
  ).toContain('ended the lock on *demo*: after');
  await again.world.api.close();
});

test('an approval that is given outside Slack is shown with the name of who gave it', async () => {
  await setPolicy(s.world, { approvals: [{ low: 1 }] });
  await follow('demo', net);
  const dan = await someone(s.world, 'dan', 'operator');
  const { id } = await apply('the new rack', dan.api);
  await worker.take(id);
  await worker.observe(bare);
  await s.told();
  await approve(cli.api, id);
  expect(await words()).toContain('approved by *cyd*');
});
