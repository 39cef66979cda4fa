import { join } from 'node:path';
import { type Log, logTo } from '#core/log.ts';
import { createMeter, type Meter } from '#core/meter.ts';
import type { Tracer } from '#core/trace.ts';
import { openStore } from '#db/better-sqlite3.ts';
import { hmacSha256, sha256 } from '#db/sha256-node.ts';
import type { Doorbell, Store } from '#db/store.ts';
import { type App, createApp } from './app.ts';
import { anotherAdminToken } from './another-admin.ts';
import { bootstrapAdmin, workerToken } from './bootstrap.ts';
import { lazyBoard } from './board/lazy-board.ts';
import { bullDispatch } from './bullmq.ts';
import { defaultLimits, type Deps, type Limits } from './deps.ts';
import { type Dispatch, localDispatch } from './dispatch.ts';
import { checkListen, type Listen, listen } from './listen.ts';
import { createAnswers } from './answers.ts';
import { createNotifier } from './notifier.ts';
import { closeIntents } from './record/close-intents.ts';
import { auditKeyFile, checkpointsFile } from './record/files.ts';
import { guardedStore } from './record/guarded-store.ts';
import { type RunningKeeper, startKeeper } from './record/keeper.ts';
import { signingKey } from './record/key.ts';
import { notesFile } from './record/notes-file.ts';
import { pushTo } from './record/push.ts';
import { fileSealer, sealingKeyFile } from './sealing-key.ts';
import type { RunningSlack, SlackOptions } from './slack/run.ts';
import { noRoom } from './room.ts';
import { startSweeper, type Sweeper } from './sweeper.ts';
import { readTokenFile, workerTokenFile, writeTokenFile } from './token-file.ts';
import { version } from './version.ts';
import { guardedPost } from './webhooks-out/post.ts';
import type { Post } from './webhooks-out/posting.ts';
import { defaultRetention, type Retention } from './retention.ts';
import { startTeller } from './webhooks-out/teller.ts';

export interface StartOptions {
  /** Folder of the database and the workers' token; made when it is missing. */
  dataDir: string;
  /** Null: no HTTP server; call `app.fetch`. */
  listen: Listen | null;
  /** `redis://…`, or the path of a socket. Without it rings go to `onRing` in this process. */
  redis?: string;
  onRing?: (bell: Doorbell) => void;
  /** Name of the person who is admin from the first start on. */
  osUser: string;
  /** Given the first token before it counts, to put it where it is not lost. */
  keepAdminToken?: (token: string) => void;
  /** Makes one more token of an administrator, where all were lost. */
  newAdminToken?: boolean;
  /** File of the key that signs checkpoints of the record; by default `keys/audit.key` in the data folder. */
  auditKey?: string;
  /** File of the key that seals secrets; by default `keys/sealing.key` in the data folder. */
  sealingKey?: string;
  /** Where checkpoints are pushed to as well; see pushTo of record/push.ts. */
  auditPush?: string;
  /** Slack's way in; without it there is none. */
  slack?: SlackOptions;
  /** Where the workers' token is kept; by default `worker-token` in the data folder. */
  workerTokenFile?: string;
  fetch?: Deps['fetch'];
  /** Sends webhooks; by default past a guard that lets nobody point us into a private network. */
  post?: Post;
  tellMs?: number;
  sweepMs?: number;
  limits?: Partial<Limits>;
  retention?: Retention;
  nowMs?: () => number;
  log?: Log;
  tracer?: Tracer | null;
  meter?: Meter;
}

export interface RunningApi {
  app: App;
  /** Where it listens; where nothing listens a name that only `app.fetch` knows. */
  url: string;
  store: Store;
  /** At the first start, or where one more was asked for: nobody can ask for it again. */
  adminToken?: string;
  workerToken: string;
  sweep: () => Promise<void>;
  /** One round of webhooks that go out. */
  sendWebhooks: () => Promise<void>;
  /** Tells Slack now what is to be told; null where there is no Slack. */
  tell: (() => Promise<void>) | null;
  close: () => Promise<void>;
}

const databaseOf = ({ dataDir }: StartOptions): string => join(dataDir, 'flotilla.db');

/**
 * The API on Node: SQLite in the data folder, rings through BullMQ, a sweeper, an HTTP server on loopback.
 * @throws AppError `invalid_input` for an address that needs TLS, `conflict` for a taken port or a newer database.
 */
export async function startApi(options: StartOptions): Promise<RunningApi> {
  if (options.listen !== null) checkListen(options.listen);
  const nowMs = options.nowMs ?? Date.now;
  const log = options.log ?? logTo((entry) => console.error(entry), { form: 'text', level: 'warn' });
  const opened = openStore({ path: databaseOf(options), now: nowMs });
  const started: { close: () => Promise<void> }[] = [opened];
  const close = async (): Promise<void> => {
    // The last that was started is the first to stop; all are asked, also when one fails.
    for (const part of started.splice(0).reverse()) await part.close().catch((error: unknown) => log(String(error)));
  };
  try {
    const record = await keeperOf(options, opened, { nowMs, log });
    started.push(record);
    const store = guardedStore(opened, () => record);
    if (record.fault === null) await closeIntents({ store, log });
    let sweeper: Sweeper | null = null;
    const dispatch = dispatchOf(options, log, () => void sweeper?.sweep());
    started.push(dispatch);
    const deps: Deps = {
      store,
      dispatch,
      notifier: createNotifier(),
      answers: createAnswers(),
      room: () => noRoom(databaseOf(options)),
      record,
      sealer: fileSealer(options.sealingKey ?? sealingKeyFile(options.dataDir)),
      fetch: options.fetch ?? fetch,
      nowMs,
      sha256,
      hmac: hmacSha256,
      version,
      limits: { ...defaultLimits, ...options.limits },
      retention: options.retention ?? defaultRetention,
      isBehindProxy: options.listen?.trustedProxy !== undefined,
      log,
      tracer: options.tracer ?? null,
      meter: options.meter ?? createMeter(),
    };
    const forWorkers = await keptWorkerToken(deps, options.workerTokenFile ?? workerTokenFile(options.dataDir));
    const slack = await slackOf(deps, options);
    if (slack !== null) started.push(slack);
    const board = options.redis === undefined ? null : lazyBoard(options.redis);
    if (board !== null) started.push(board);
    const app = createApp(deps, { ...slack?.doors, ...(board === null ? {} : { board: board.door }) });
    sweeper = startSweeper(deps, options.sweepMs ?? 3000);
    started.push(sweeper);
    const teller = startTeller(deps, { everyMs: options.tellMs ?? 2000, post: options.post ?? guardedPost });
    started.push(teller);
    const listening =
      options.listen === null ? null : await listen((request, env) => app.fetch(request, Object(env)), options.listen);
    if (listening !== null) started.push(listening);
    // Last of all that can fail: the token is told once, and a start that fails would tell nobody.
    const adminToken = await adminTokenOf(deps, options);
    void sweeper.sweep();
    return {
      app,
      url: listening?.url ?? 'http://flotilla.internal',
      store,
      ...(adminToken === null ? {} : { adminToken }),
      workerToken: forWorkers,
      sweep: sweeper.sweep,
      sendWebhooks: teller.tell,
      tell: slack?.tell ?? null,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Null where nobody is to be told one. */
async function adminTokenOf(deps: Deps, options: StartOptions): Promise<string | null> {
  const first = await bootstrapAdmin(deps, options.osUser, keepOf(options));
  const isAnother = first === null && options.newAdminToken === true;
  return isAnother ? await anotherAdminToken(deps, options.osUser, options.keepAdminToken) : first;
}

const keepOf = ({ keepAdminToken: keep }: StartOptions) => (keep === undefined ? {} : { keep });

/** Slack's libraries are loaded only where it is set up. */
const slackOf = async (deps: Deps, { slack }: StartOptions): Promise<RunningSlack | null> =>
  slack === undefined ? null : await (await import('./slack/run.ts')).runSlack(deps, slack);

const keeperOf = async (
  { dataDir, auditKey, auditPush }: StartOptions,
  store: Store,
  tools: { nowMs: () => number; log: Log },
): Promise<RunningKeeper> =>
  await startKeeper({
    store,
    key: await signingKey(auditKey ?? auditKeyFile(dataDir)),
    file: notesFile(checkpointsFile(dataDir)),
    push: auditPush === undefined ? null : pushTo(auditPush),
    ...tools,
  });

const dispatchOf = ({ redis, onRing }: StartOptions, log: Log, onReady: () => void): Dispatch =>
  redis === undefined ? localDispatch(onRing ?? (() => {})) : bullDispatch({ redis, onReady, log });

async function keptWorkerToken(deps: Deps, file: string): Promise<string> {
  const saved = readTokenFile(file);
  const token = await workerToken(deps, saved);
  if (token !== saved) writeTokenFile(file, token);
  return token;
}
