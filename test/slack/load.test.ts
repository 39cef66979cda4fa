import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { OperationView } from '#core/wire.ts';
import type { Telling } from '#slack/progress/feed.ts';
import { telling } from '#slack/progress/telling.ts';
import { webApi } from '#slack/web/web-api.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { wordsOf } from './slack-world.ts';
import { faultsInto } from '#test/logs.ts';

const view = (id: string, at: number, state: OperationView['state']): OperationView => ({
  id,
  kind: 'apply',
  cluster: id,
  state,
  request: { kind: 'apply', revision: 1, digest: null },
  actor: { kind: 'person', person: 'per_1', name: 'ann', via: 'slack:T0FAKE/U1' },
  reason: `second ${at}`,
  planDigest: null,
  error: null,
  result: null,
  cancelRequested: false,
  retryOf: null,
  createdAt: '2026-10-04T08:00:00.000Z',
  startedAt: null,
  endedAt: state === 'succeeded' ? '2026-10-04T08:10:00.000Z' : null,
  steps: [],
  plan: null,
  approval: null,
});

const limitMs = 20_000;

/** Lets everything else have its turn until a condition holds. Without a limit, a test that failed would spin on for ever. */
async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`Nobody moved the clock on within ${limitMs / 1000} s.`);
    await nextTurn();
  }
}

test('twenty operations at once for ten minutes: Slack never answers 429, and every end arrives', async () => {
  let nowMs = 1_790_000_000_000;
  const slack = new FakeSlack({ url: 'http://slack.test', nowMs: () => nowMs, app: () => new Response('') });
  addUser(slack.workspace, 'U1');
  const open: Telling[] = Array.from({ length: 20 }, (_, at) => {
    const channel = `C${at % 4}`;
    slack.workspace.channels.set(channel, { id: channel, name: channel, appIsMember: true, archived: false });
    return {
      operation: `op${at}`,
      place: 'asked',
      team: 'T0FAKE',
      channel,
      user: 'U1',
      audience: 'channel',
      ts: null,
      shown: null,
      told: 0,
    };
  });
  let second = 0;
  let isOver = false;
  const logged: string[] = [];
  const { look, idle } = telling({
    web: webApi({
      apiUrl: 'http://slack.test/api/',
      botToken: slack.workspace.botToken,
      fetch: async (request) => await slack.routes.fetch(request),
    }),
    nowMs: () => nowMs,
    pause: async (ms, signal) => {
      // Time passes by the loop below; whoever waits lets it turn.
      const untilMs = nowMs + ms;
      if (isOver) nowMs = untilMs;
      await until(() => nowMs >= untilMs || signal.aborted || isOver);
    },
    open: () => Promise.resolve([...open]),
    look: ({ operation }) =>
      Promise.resolve({
        view: view(operation, Math.min(second, 600), second < 600 ? 'running' : 'succeeded'),
        report: null,
        link: null,
        approvers: [],
      }),
    note: ({ operation }, { closed, ...change }) => {
      const at = open.findIndex((one) => one.operation === operation);
      const before = open[at];
      if (before === undefined) return Promise.resolve();
      if (closed === true) open.splice(at, 1);
      else open[at] = { ...before, ...change };
      return Promise.resolve();
    },
    followings: () => Promise.resolve([]),
    news: () => Promise.resolve({ acts: [], last: 0 }),
    moved: () => Promise.resolve(),
    log: faultsInto(logged),
  });
  for (; second < 600 || (open.length > 0 && second < 900); second += 1) {
    await look();
    nowMs += 1000;
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  }
  isOver = true;
  await idle();
  expect(Object.fromEntries(slack.rates.refused)).toEqual({});
  expect(open).toEqual([]);
  const { messages } = slack.workspace;
  const roots = messages.filter(({ threadTs }) => threadTs === null);
  expect(roots).toHaveLength(20);
  for (const root of roots) {
    expect(wordsOf(root)).toContain('succeeded');
    expect(root.edits).toBeGreaterThan(3);
    expect(messages.filter(({ threadTs, text }) => threadTs === root.ts && text.includes('succeeded'))).toHaveLength(1);
  }
  expect(logged).toEqual([]);
});
