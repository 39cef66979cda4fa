import { App, LogLevel } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from './envelope.ts';
import { HonoReceiver, type ReceiverDeps } from './receiver.ts';
import { signatureOf } from './signature.ts';

const secret = 'test-signing-secret';
const nowMs = 1_790_000_000_000;
let stored: Envelope[];
let refusals: string[];
let logged: string[];
let running: Promise<unknown>[];

beforeEach(() => {
  stored = [];
  refusals = [];
  logged = [];
  running = [];
});

const deps = (overrides: Partial<ReceiverDeps> = {}): ReceiverDeps => ({
  signingSecrets: [secret],
  teams: () => Promise.resolve(['T1']),
  nowMs: () => nowMs,
  store: (envelope) => {
    const known = stored.some(({ key }) => key === envelope.key);
    if (!known) stored.push(envelope);
    return Promise.resolve(known ? 'repeat' : 'new');
  },
  refused: (why) => {
    refusals.push(why);
    return Promise.resolve();
  },
  background: (work) => running.push(work),
  log: (line) => logged.push(line),
  ...overrides,
});

/** A real Bolt app on our receiver; nothing of it calls out. */
function slack(listen: (app: App) => void, overrides: Partial<ReceiverDeps> = {}): HonoReceiver {
  const receiver = new HonoReceiver(deps(overrides));
  const app = new App({
    receiver,
    authorize: () => Promise.resolve({ botToken: 'xoxb-test', botId: 'B1', botUserId: 'U0' }),
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  return receiver;
}

interface Sent {
  contentType?: string;
  timestamp?: string;
  signature?: string | null;
}

async function send(receiver: HonoReceiver, body: string, sent: Sent = {}): Promise<Response> {
  const timestamp = sent.timestamp ?? String(nowMs / 1000);
  const signature = sent.signature === undefined ? await signatureOf(secret, timestamp, body) : sent.signature;
  return receiver.handle(
    new Request('http://localhost/slack/events', {
      method: 'POST',
      headers: {
        'content-type': sent.contentType ?? 'application/x-www-form-urlencoded; charset=utf-8',
        'x-slack-request-timestamp': timestamp,
        ...(signature === null ? {} : { 'x-slack-signature': signature }),
      },
      body,
    }),
  );
}

const command = (fields: Record<string, string> = {}): string =>
  new URLSearchParams({
    command: '/swarm',
    text: 'status',
    team_id: 'T1',
    user_id: 'U1',
    channel_id: 'C1',
    trigger_id: '1.1',
    ...fields,
  }).toString();

const json = { contentType: 'application/json' };

describe('a signed command', () => {
  it('is stored, handed to its listener, and answered with what was acknowledged', async () => {
    const receiver = slack((app) =>
      app.command('/swarm', async ({ ack, command: said }) => ack(`understood ${said.text}`)),
    );
    const response = await send(receiver, command());
    expect([response.status, await response.text()]).toEqual([200, 'understood status']);
    expect(stored).toMatchObject([{ kind: 'command', team: 'T1', user: 'U1', key: 'command:1.1' }]);
  });

  it('is answered at once although its listener goes on for long', async () => {
    const { promise: longWork, resolve: endIt } = Promise.withResolvers<void>();
    const receiver = slack((app) =>
      app.command('/swarm', async ({ ack }) => {
        await ack('started');
        await longWork;
      }),
    );
    expect(await (await send(receiver, command())).text()).toBe('started');
    endIt();
    await Promise.all(running);
    expect(logged).toEqual([]);
  });

  it('is handled once when it is sent twice', async () => {
    let calls = 0;
    const receiver = slack((app) =>
      app.command('/swarm', async ({ ack }) => {
        calls += 1;
        await ack();
      }),
    );
    await Promise.all([send(receiver, command()), send(receiver, command())]);
    expect(calls).toBe(1);
  });

  it('is told to the person when it cannot be stored, and not handed on', async () => {
    const receiver = slack((app) => app.command('/swarm', async ({ ack }) => ack('must not be')), {
      store: () => Promise.reject(new Error('disk full')),
    });
    expect(await (await send(receiver, command())).text()).toContain('Nothing was done');
  });

  it('is told to the person while it is not known which workspace is ours', async () => {
    const receiver = slack((app) => app.command('/swarm', async ({ ack }) => ack('must not be')), {
      teams: () => Promise.resolve(null),
    });
    expect(await (await send(receiver, command())).text()).toContain('Nothing was done');
    expect(stored).toEqual([]);
  });

  it('that nobody listens to gets 404 at once, and one whose listener throws 500', async () => {
    const receiver = slack((app) => {
      app.command('/other', async ({ ack }) => ack());
      app.error(() => Promise.reject(new Error('broken')));
      app.command('/broken', () => Promise.reject(new Error('broken')));
    });
    expect((await send(receiver, command())).status).toBe(404);
    expect((await send(receiver, command({ command: '/broken', trigger_id: '2' }))).status).toBe(500);
    expect(logged.join()).toContain('broken');
  });
});

describe('what Slack itself asks', () => {
  it('is answered: url_verification, and ssl_check without a signature', async () => {
    const receiver = slack(() => undefined);
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await (await send(receiver, challenge, json)).json()).toEqual({ challenge: 'abc' });
    expect((await send(receiver, 'ssl_check=1&token=x', { signature: null })).status).toBe(200);
    expect(stored).toEqual([]);
  });

  it('an event is acknowledged by Bolt before its listener ends, and known when it comes again', async () => {
    const seen: string[] = [];
    const receiver = slack((app) =>
      app.event('app_mention', ({ event }) => Promise.resolve(void seen.push(event.text))),
    );
    const event = JSON.stringify({
      type: 'event_callback',
      team_id: 'T1',
      event_id: 'Ev1',
      event: { type: 'app_mention', user: 'U1', channel: 'C1', text: 'hello' },
    });
    expect((await send(receiver, event, json)).status).toBe(200);
    expect((await send(receiver, event, json)).status).toBe(200);
    await Promise.all(running);
    expect(seen).toEqual(['hello']);
  });
});

describe('what is not Slack’s', () => {
  it.each<[string, string, Sent, number, string]>([
    ['another signature', command(), { signature: `v0=${'0'.repeat(64)}` }, 401, 'forged'],
    ['no signature', command(), { signature: null }, 401, 'missing'],
    ['a command that says ssl_check', `${command()}&ssl_check=1`, { signature: null }, 401, 'missing'],
    ['an ssl_check of another value', 'ssl_check=true', { signature: null }, 401, 'missing'],
    ['an old request', command(), { timestamp: String(nowMs / 1000 - 400) }, 401, 'outside-window'],
    ['a request from the future', command(), { timestamp: String(nowMs / 1000 + 400) }, 401, 'outside-window'],
    ['another workspace', command({ team_id: 'T9' }), {}, 403, 'wrong-team'],
    ['no workspace', 'command=%2Fswarm', {}, 403, 'wrong-team'],
    ['broken JSON', '{', json, 400, 'unreadable'],
    ['another media type', command(), { contentType: 'text/plain' }, 400, 'unreadable'],
  ])('%s is refused and on record', async (_, body, sent, status, why) => {
    const receiver = slack((app) => app.command('/swarm', async ({ ack }) => ack('must not be')));
    expect((await send(receiver, body, sent)).status).toBe(status);
    expect(refusals).toEqual([why]);
    expect(stored).toEqual([]);
  });
});
