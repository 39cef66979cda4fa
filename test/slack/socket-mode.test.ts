import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedSlack, serveFakeSlack } from '#test/fakes/slack/serve.ts';
import { demoProposed } from '#test/api/demo.ts';
import { createSlackWorld, ops, type SlackWorld } from './slack-world.ts';

let served: ServedSlack;
let s: SlackWorld;
const short = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, Math.min(ms, 20)));

/** A control plane that nobody can call: what comes, comes by the connection that it has opened. */
async function start(): Promise<SlackWorld> {
  const { workspace } = served.slack;
  return await createSlackWorld(
    {
      slack: {
        signingSecrets: [],
        botToken: workspace.botToken,
        appToken: workspace.appToken,
        apiUrl: `${served.url}/api/`,
        teams: [],
        lookMs: 3_600_000,
        pause: short,
      },
    },
    served.slack,
  );
}

beforeEach(async () => {
  served = await serveFakeSlack(() => new Response('no request was to come', { status: 500 }));
});
afterEach(async () => {
  s.world.log.splice(0);
  await s.close();
  await served.close();
});

const isConnected = () => expect.poll(() => served.sockets.count(), { timeout: 10_000 }).toBe(1);

test('commands, clicks and modals go the same way as by HTTP', async () => {
  s = await start();
  await isConnected();
  await demoProposed(s.world.admin);
  const { user } = await s.join('ann', 'operator');
  expect(await s.say(user, 'whoami')).toContain('You are ann');
  expect(await s.say(user, 'apply in demo')).toContain('It is told in this channel');
  await s.told();
  const [root] = served.slack.transcript(ops);
  if (root === undefined) throw new Error('nothing was told');
  await served.slack.click(user, root, 'operation-cancel');
  await s.told();
  expect(served.slack.transcript(ops)[0]?.text).toBe('Apply of demo: cancelled');
  await served.slack.command(user, ops, 'lock demo');
  const [view] = served.slack.workspace.views.values();
  await served.slack.submit(user, view?.id ?? '', { reason: { value: { value: 'mine' } } });
  await expect.poll(() => served.slack.transcript(ops).at(-1)?.text, { timeout: 5000 }).toContain('locked by ann');
});

test('a connection that Slack ends is opened again', async () => {
  s = await start();
  await isConnected();
  const { user } = await s.join('ann', 'operator');
  served.slack.rates.forget();
  served.sockets.disconnect();
  await expect.poll(() => served.sockets.opened(), { timeout: 10_000 }).toBe(2);
  await isConnected();
  expect(await s.say(user, 'whoami')).toContain('You are ann');
});

test('a Slack that is away at the start stops nothing, and is connected to once it is back', async () => {
  served.slack.instead.set('apps.connections.open', () => new Response('', { status: 503 }));
  s = await start();
  await expect.poll(() => s.world.log.join(), { timeout: 10_000 }).toContain('slack: no connection, again in');
  await demoProposed(s.world.admin);
  served.slack.instead.clear();
  await isConnected();
  const { user } = await s.join('ann', 'operator');
  expect(await s.say(user, 'status')).toContain('demo');
});

test('another workspace is refused here as well', async () => {
  s = await start();
  await isConnected();
  await s.join('ann', 'operator');
  const { user } = await s.join('eve', 'admin', { team: 'T9OTHER' });
  expect((await served.slack.command(user, ops, 'whoami')).status).toBe(504);
});
