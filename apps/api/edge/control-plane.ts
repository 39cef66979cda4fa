import { TrieRouter } from 'hono/router/trie-router';
import { sealerOf } from '#core/sealing.ts';
import { logFormOf, logTo, reasonOf } from '#core/log.ts';
import { noMeter } from '#core/meter.ts';
import type { SettingsReader } from '#core/settings.ts';
import { sha256 } from '#db/sha256-web.ts';
import { type App, createApp } from '../app.ts';
import { defaultLimits, type Deps } from '../deps.ts';
import { localDispatch } from '../dispatch.ts';
import { groupsEveryMs } from '../slack/keep-groups.ts';
import { type OpenSlack, openSlack } from '../slack/open.ts';
import { slackOf } from '../slack/settings.ts';
import { keepTime } from '../sweeper.ts';
import { version } from '../version.ts';
import { retentionOf } from '../retention.ts';
import { addFirstTokens, tokenIn } from './first-tokens.ts';
import type { Env } from './env.ts';
import { auditKeyOf } from './audit-key.ts';
import { edgeRecord } from './record.ts';
import { pollOnly } from './poll-only.ts';
import { sendWebhooks } from './send-webhooks.ts';
import { settingsOf } from './settings.ts';
import { edgeStore } from './store.ts';

/** The control plane in workerd, of one isolate. */
export interface EdgeControlPlane {
  app: App;
  /** What is to be done once before anybody can come in; nothing afterwards. */
  ready: () => Promise<void>;
  /** What is due by time alone: called every minute. Then tells Slack and others until the next call is near. */
  keepTime: () => Promise<void>;
}

/** How long Slack is told of progress after each minute's call, and how often is looked for what is new. */
const tellForMs = 50_000;
const lookMs = 2000;

/** @throws AppError `invalid_input` for settings that are not valid: then nothing is served at all */
export async function edgeControlPlane(env: Env): Promise<EdgeControlPlane> {
  for (const name of ['FLOTILLA_ADMIN_TOKEN', 'FLOTILLA_WORKER_TOKEN'] as const) tokenIn(env, name);
  const settings = settingsOf(env);
  const slackSettings = slackOf(settings);
  const logForm = logFormOf(settings, false);
  checkPush(env, settings);
  const retention = retentionOf(settings);
  settings.check();
  const key = await auditKeyOf(env);
  const record = key === null ? null : edgeRecord(env, key.verifier);
  const deps: Deps = {
    store: edgeStore(env),
    // Nobody is rung for from here: a dispatcher beside the workers holds a line of its own (verbs/worker/doorbells.ts).
    dispatch: localDispatch(() => {}),
    notifier: pollOnly,
    answers: null,
    record,
    sealer: env.SEALING_KEY === undefined ? null : sealerOf(env.SEALING_KEY),
    fetch: (url, init) => fetch(url, init),
    nowMs: Date.now,
    sha256,
    version,
    limits: defaultLimits,
    retention,
    log: logTo((entry) => console.error(entry), logForm),
    tracer: null,
    meter: noMeter,
  };
  const slack = slackSettings === null ? null : openSlack(deps, slackSettings);
  let isReady = false;
  return {
    // An isolate lives for few requests: the expression that finds a route at once on Node takes longer to build than all
    // of them to answer.
    app: createApp(deps, slack === null ? {} : { slack: slack.door }, new TrieRouter()),
    async ready() {
      if (isReady) return;
      await addFirstTokens(deps, env);
      isReady = true;
    },
    async keepTime() {
      const calledMs = deps.nowMs();
      await record?.keepTime().catch((error: unknown) => deps.log(`checkpoint: ${reasonOf(error)}`));
      await keepTime(deps);
      await Promise.all([slack === null ? null : tellFor(slack, tellForMs), sendWebhooks(deps, calledMs)]);
    },
  };
}

async function tellFor({ tells, groups }: OpenSlack, ms: number): Promise<void> {
  await groups(groupsEveryMs);
  const endMs = Date.now() + ms;
  for (;;) {
    await tells.look();
    await tells.idle();
    if (Date.now() + lookMs > endMs) return;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** There is neither a folder nor a program here. */
function checkPush({ FLOTILLA_AUDIT_PUSH: url }: Env, settings: SettingsReader): void {
  if (url === undefined || url.trim() === '' || /^https:\/\/./.test(url)) return;
  const table = { FLOTILLA_AUDIT_PUSH: { text: 'Where checkpoints go as well.', example: 'https://…' } };
  settings.wrong(table, 'FLOTILLA_AUDIT_PUSH', 'expected an https address');
}
