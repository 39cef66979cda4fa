import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createClient } from '#api/client.ts';
import type { ApiConfig } from '#api/config.ts';
import { lockDataFolder } from '#api/lock-data-folder.ts';
import { refuseEvicting } from '#api/redis-policy.ts';
import { type RunningApi, startApi, type StartOptions } from '#api/node.ts';
import type { Log } from '#core/log.ts';
import { createMeter } from '#core/meter.ts';
import type { Tracer } from '#core/trace.ts';
import { type Telemetry, withTraceparent } from '#workers/telemetry.ts';
import type { WorkerConfig } from '#workers/config.ts';
import { type RunningWorker, startWorker } from '#workers/start-worker.ts';
import { workerApi } from '#workers/worker-client.ts';
import { startPrivateRedis } from './private-redis.ts';

export interface FlotillaOptions {
  /** Without a Redis in it a private one is started and stopped again, where there is a worker as well. */
  api: ApiConfig;
  /** Null: workers are elsewhere. */
  worker: WorkerConfig | null;
  /** Given the first administrator's token before it counts, to put it where it is not lost. */
  keepAdminToken?: (token: string) => void;
  /** Makes one more token of an administrator, where all were lost. */
  newAdminToken?: boolean;
  log: Log;
  tracer?: Tracer | null;
}

export interface Flotilla {
  url: string;
  /** An administrator's token, at the first start or where one more was asked for. */
  adminToken: string | undefined;
  close: () => Promise<void>;
}

/** API, worker and Redis in one process: `flotilla up`. What was started before a failure is stopped again. */
export async function startFlotilla(options: FlotillaOptions): Promise<Flotilla> {
  const { api: config, keepAdminToken, newAdminToken = false } = options;
  const { dataDir } = config;
  const stack: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stack.toReversed()) await stop();
  };
  if (config.redis !== undefined) await refuseEvicting(config.redis);
  const lock = lockDataFolder(dataDir);
  stack.push(() => Promise.resolve(lock.release()));
  try {
    const redis =
      config.redis ?? (options.worker === null ? undefined : await privateRedis(dataDir, options.log, stack));
    const telemetry = { log: options.log, tracer: options.tracer ?? null, meter: createMeter() };
    const api = await startApi({
      ...startOptionsOf(config),
      ...telemetry,
      ...(redis === undefined ? {} : { redis }),
      ...(keepAdminToken === undefined ? {} : { keepAdminToken }),
      newAdminToken,
    });
    stack.push(() => api.close());
    if (options.worker !== null && redis !== undefined) {
      const worker = workerBeside(api, { dataDir, redis, config: options.worker, telemetry });
      stack.push(() => worker.close());
    }
    return { url: api.url, adminToken: api.adminToken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface WorkerBeside {
  dataDir: string;
  redis: string;
  config: WorkerConfig;
  telemetry: Telemetry;
}

/** A worker in the process of its API. */
function workerBeside(api: RunningApi, { dataDir, redis, config, telemetry }: WorkerBeside): RunningWorker {
  const client = createClient({
    baseUrl: 'http://flotilla',
    token: api.workerToken,
    fetch: (request) => api.app.fetch(withTraceparent(request)),
  });
  return startWorker({
    folder: join(dataDir, 'worker'),
    redis,
    config,
    api: (id) => workerApi(client, id, config.labels),
    telemetry,
  });
}

/** What of the settings an API starts with. */
const startOptionsOf = ({
  dataDir,
  listen,
  auditPush,
  auditKey,
  sealingKey,
  workerTokenFile,
  slack,
  retention,
}: ApiConfig): StartOptions => ({
  dataDir,
  listen,
  osUser: userInfo().username,
  retention,
  ...(auditPush === undefined ? {} : { auditPush }),
  ...(auditKey === undefined ? {} : { auditKey }),
  ...(sealingKey === undefined ? {} : { sealingKey }),
  ...(slack === null ? {} : { slack }),
  ...(workerTokenFile === undefined ? {} : { workerTokenFile }),
});

async function privateRedis(
  dataDir: string,
  log: (line: string) => void,
  stack: (() => Promise<unknown>)[],
): Promise<string> {
  const { socket, stop } = await startPrivateRedis(dataDir, log);
  stack.push(stop);
  return socket;
}
