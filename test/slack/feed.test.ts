import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { update } from '#db/change.ts';
import { slackMessages } from '#db/schema/index.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { demoProposed } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import type { FakeMessage } from '#test/fakes/slack/workspace.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

const bare = bareHosts('h1', 'h2', 'h3');
let s: SlackWorld;
let worker: FakeWorker;
let ann: string;
beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  worker = new FakeWorker(s.world.worker);
  ann = (await s.join('ann', 'operator')).user;
});
afterEach(() => s.close());

const rows = () => s.world.api.store.read.query.slackMessages.findMany();
const tops = (messages: FakeMessage[]): FakeMessage[] => messages.filter(({ threadTs }) => threadTs === null);

describe('an operation that runs', () => {
  test('has one message, which is edited, and one last reply that calls who asked', async () => {
    await s.say(ann, 'apply in demo : first network');
    const id = await s.newest();
    expect(tops(await s.told())).toHaveLength(1);
    await worker.take(id);
    await worker.observe(bare);
    expect(wordsOf((await s.told())[0])).toContain('Apply of demo: running');
    await worker.end('failed', 'step_failed');
    const messages = await s.told();
    const [root] = tops(messages);
    expect(root?.edits).toBeGreaterThanOrEqual(2);
    const replies = messages.filter(({ threadTs }) => threadTs === root?.ts);
    expect(replies).toHaveLength(1);
    expect(wordsOf(replies[0])).toMatch(/<@U0ANN> Apply of demo :x: failed.*It ended with step_failed/);
  });

  test('is told on after a restart, without a frame twice', async () => {
    await s.say(ann, 'apply in demo');
    const id = await s.newest();
    await s.told();
    await worker.run(id, bare);
    // The control plane ends before it could tell the end.
    const { dataDir } = s.world;
    await s.world.api.close();
    const again = await createSlackWorld({ dataDir }, s.slack);
    const messages = await again.told();
    expect(tops(messages)).toHaveLength(1);
    expect(wordsOf(tops(messages)[0])).toContain('succeeded');
    expect(messages.filter(({ threadTs }) => threadTs !== null)).toHaveLength(1);
    await again.world.api.close();
  });
});

describe('a place where nothing can be said', () => {
  test.each([
    ['a channel that the app is not in', { appIsMember: false }],
    ['an archived channel', { archived: true }],
  ])('%s: who asked is told by himself', async (_, marks) => {
    Object.assign(s.slack.workspace.channels.get(ops) ?? {}, marks);
    await s.say(ann, 'apply in demo');
    await s.told();
    await worker.run(await s.newest(), bare);
    await s.told();
    const own = s.slack.transcript('D0ANN');
    expect(wordsOf(tops(own)[0])).toContain('Apply of demo: succeeded');
    expect(wordsOf(own.at(-1))).toContain('succeeded');
    expect(await rows()).toMatchObject([{ channel: 'D0ANN', closedAt: expect.any(String) }]);
    expect(s.world.log.splice(0).join()).toMatch(/not_in_channel|is_archived/);
  });

  test('a channel that is deleted in the middle, and a message that is removed', async () => {
    await s.say(ann, 'apply in demo');
    await s.told();
    s.slack.workspace.messages.splice(0);
    await worker.take(await s.newest());
    await worker.observe(bare);
    expect(wordsOf(tops(await s.told())[0])).toContain('running');
    s.slack.workspace.channels.delete(ops);
    await worker.end('failed', 'step_failed');
    await s.told();
    expect(wordsOf(s.slack.transcript('D0ANN').at(-1))).toContain('failed');
    s.world.log.splice(0);
  });
});

describe('a process that dies between the post and its commit', () => {
  test.each([1, 2])('posts nothing twice: the root message and the last reply stand once (%i)', async (died) => {
    await s.say(ann, 'apply in demo');
    await worker.run(await s.newest(), bare);
    const { store } = s.world.api;
    const before = await rows();
    for (let look = 0; look < died; look += 1) await s.world.api.tell?.();
    // What Slack has taken is there, and the database is as it was before.
    const forgotten = before.map(({ ts, shown, told, closedAt }) => ({ ts, shown, told, closedAt }))[0];
    await store.commit({ changes: [update(slackMessages).set(forgotten ?? {})], events: [] });
    const messages = await s.told();
    expect(tops(messages)).toHaveLength(1);
    expect(messages.filter(({ threadTs }) => threadTs !== null)).toHaveLength(1);
  });

  test('shows the newest state, also where an older one was posted', async () => {
    await s.say(ann, 'apply in demo');
    await s.world.api.tell?.();
    await s.world.api.store.commit({ changes: [update(slackMessages).set({ ts: null, shown: null })], events: [] });
    await worker.run(await s.newest(), bare);
    expect(tops(await s.told()).map(({ text }) => text)).toEqual(['Apply of demo: succeeded']);
  });

  test('posts it anew where Slack knows the id and not the message', async () => {
    let asked = 0;
    s.slack.instead.set('chat.postMessage', () => {
      asked += 1;
      s.slack.instead.clear();
      return Response.json({ ok: false, error: 'duplicate_message_not_found' });
    });
    await s.say(ann, 'apply in demo');
    expect(tops(await s.told())).toHaveLength(1);
    expect(asked).toBe(1);
  });
});

describe('a Slack that fails', () => {
  test('for a while gets every last frame afterwards', async () => {
    s.slack.instead.set('chat.postMessage', () => new Response('', { status: 503 }));
    await s.say(ann, 'apply in demo');
    await worker.run(await s.newest(), bare);
    await s.world.api.tell?.();
    expect(await rows()).toMatchObject([{ ts: null, closedAt: null }]);
    s.slack.instead.clear();
    const messages = await s.told();
    expect(wordsOf(tops(messages)[0])).toContain('succeeded');
    expect(wordsOf(messages.at(-1))).toContain('<@U0ANN>');
    expect(s.world.log.splice(0).join()).toContain('is dropped');
  });

  test('with ok:false of a revoked token keeps what waits, until an admin has mended it', async () => {
    s.slack.instead.set('chat.postMessage', () => Response.json({ ok: false, error: 'token_revoked' }));
    await s.say(ann, 'apply in demo');
    await s.world.api.tell?.();
    s.slack.instead.clear();
    expect(tops(await s.told())).toHaveLength(1);
    s.world.log.splice(0);
  });
});

test('a question is answered to who asked alone, at its end', async () => {
  await s.say(ann, 'plan in demo');
  expect(await s.told()).toEqual([]);
  await worker.run(await s.newest(), bare);
  await s.told();
  expect(s.slack.transcript(ops)).toEqual([]);
  const own = s.slack.transcript(ops, ann).at(-1);
  expect(wordsOf(own)).toMatch(/Plan of demo.*Apply this plan/);
  if (own !== undefined) await s.slack.click(ann, own, 'plan-apply');
  expect(wordsOf(tops(await s.told())[0])).toContain('Apply of demo: queued');
});
