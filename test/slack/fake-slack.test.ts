import { beforeEach, describe, expect, it } from 'vitest';
import { checkMessage, checkView } from '#test/fakes/slack/limits.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';

/* The fake Slack refuses what the real one refuses: else tests against it would prove nothing. */

let nowMs: number;
let received: Request[];
let slack: FakeSlack;
beforeEach(() => {
  nowMs = 1_790_000_000_000;
  received = [];
  slack = new FakeSlack({
    url: 'http://slack.test',
    nowMs: () => nowMs,
    app: (request) => {
      received.push(request);
      return new Response('noted');
    },
  });
  addUser(slack.workspace, 'U1');
});

const call = async (method: string, args: Record<string, unknown>, token = slack.workspace.botToken) => {
  const response = await slack.routes.request(`/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: Object(await response.json()),
  };
};

describe('the Web API', () => {
  it('posts, updates, and refuses with the words of the real one', async () => {
    const { body } = await call('chat.postMessage', { channel: 'C0OPS', text: 'hello' });
    expect(body).toMatchObject({ ok: true, channel: 'C0OPS' });
    expect((await call('chat.update', { channel: 'C0OPS', ts: body.ts, text: 'again' })).body.ok).toBe(true);
    expect(slack.transcript('C0OPS')).toMatchObject([{ text: 'again', edits: 1 }]);
    expect((await call('chat.postMessage', { channel: 'CXX', text: 'x' })).body.error).toBe('channel_not_found');
    expect((await call('chat.postMessage', { channel: 'C0OPS', text: 'x' }, 'xoxb-other')).body.error).toBe(
      'invalid_auth',
    );
    expect((await call('chat.update', { channel: 'C0OPS', ts: '1.1', text: 'x' })).body.error).toBe(
      'message_not_found',
    );
  });

  it('limits calls and says how long to wait', async () => {
    for (let at = 0; at < 3; at += 1) await call('chat.postMessage', { channel: 'C0OPS', text: 'x' });
    const limited = await call('chat.postMessage', { channel: 'C0OPS', text: 'x' });
    expect([limited.status, limited.body.error, Number(limited.retryAfter) >= 1]).toEqual([429, 'ratelimited', true]);
    nowMs += 3000;
    expect((await call('chat.postMessage', { channel: 'C0OPS', text: 'x' })).body.ok).toBe(true);
  });

  it('refuses what is too long or too much', () => {
    const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
    expect(checkMessage('x', [section('y'.repeat(3000))])).toBeNull();
    expect(checkMessage('x', [section('y'.repeat(3001))])).toContain('longer than 3000');
    expect(
      checkMessage(
        'x',
        Array.from({ length: 51 }, () => section('y')),
      ),
    ).toContain('more than 50');
    expect(
      checkMessage(
        'x',
        Array.from({ length: 5 }, () => section('y'.repeat(2900))),
      ),
    ).toBe('msg_blocks_too_long');
    expect(checkMessage('', [])).toBe('no_text');
    expect(checkView({ title: { text: 'a title of more than 24 letters' }, blocks: [] })).toContain('title');
  });

  it('opens a view once, within three seconds', async () => {
    await slack.command('U1', 'C0OPS', 'x');
    const trigger = new URLSearchParams(await received[0]?.text()).get('trigger_id');
    const view = { type: 'modal', title: { type: 'plain_text', text: 't' }, blocks: [] };
    expect((await call('views.open', { trigger_id: trigger, view })).body.ok).toBe(true);
    expect((await call('views.open', { trigger_id: trigger, view })).body.error).toBe('trigger_exchanged');
    await slack.command('U1', 'C0OPS', 'x');
    const late = new URLSearchParams(await received[1]?.text()).get('trigger_id');
    nowMs += 3001;
    expect((await call('views.open', { trigger_id: late, view })).body.error).toBe('trigger_expired');
  });
});

it('a response URL works five times, for half an hour', async () => {
  await slack.command('U1', 'C0OPS', 'x');
  const url = new URLSearchParams(await received[0]?.text()).get('response_url') ?? '';
  const answer = () => slack.routes.request(url, { method: 'POST', body: JSON.stringify({ text: 'later' }) });
  for (let at = 0; at < 5; at += 1) expect((await answer()).status).toBe(200);
  expect(await (await answer()).text()).toBe('used_url');
  expect(slack.transcript('C0OPS', 'U1').filter(({ text }) => text === 'later').length).toBe(5);
  expect(slack.transcript('C0OPS')).toEqual([]);
});

it('an event that fails is sent again three times, and says so', async () => {
  const failing = new FakeSlack({
    url: 'http://slack.test',
    app: (request) => {
      received.push(request);
      return new Response('', { status: 500 });
    },
  });
  await failing.event({ type: 'app_mention' });
  expect(received.map((request) => request.headers.get('x-slack-retry-num'))).toEqual([null, '1', '2', '3']);
});
