import { join } from 'node:path';
import { createClient } from '#api/client.ts';
import { apiConfigOf } from '#api/config.ts';
import { refuseEvicting } from '#api/redis-policy.ts';
import { AppError } from '#core/errors.ts';
import { createMeter } from '#core/meter.ts';
import { isWebAddress } from '#core/settings.ts';
import { type HeldFile, holdFile } from '#db/hold-file.ts';
import { type WorkerConfig, workerConfigOf, workerSettings } from '#workers/config.ts';
import { startDispatcher } from '#workers/dispatcher.ts';
import { startWorker } from '#workers/start-worker.ts';
import { withTraceparent } from '#workers/telemetry.ts';
import { workerApi } from '#workers/worker-client.ts';
import { cliSettings, serverSettings } from '#cli/config.ts';
import { firstLine, savedUrl } from '#cli/input/data-folder.ts';
import type { Session } from '#cli/session.ts';
import { firstContact } from './first-contact.ts';
import { logOf, type Observing, observingOf, tracerOf } from './observing.ts';
import { makeFolder } from './make-folder.ts';
import { startPrivateRedis } from './private-redis.ts';
import { metricsAddressOf, tellMetrics } from './worker-metrics.ts';
import { stopSignal } from './stop-signal.ts';

export interface WorkerOptions {
  data?: string;
  redis?: string;
}

interface Wanted {
  url: string;
  token: string;
  /** Its id, its reports that were not taken yet, its Redis. */
  folder: string;
  /** The Redis that the API rings through; undefined: a private one, into which a dispatcher carries the doorbells. */
  redis: string | undefined;
  config: WorkerConfig;
  observing: Observing;
  /** Where it tells its figures. */
  metrics: { host: string; port: number } | null;
}

/**
 * A worker by itself, beside the hosts. It opens every connection: to the API, to its Redis, to the hosts; nobody has to
 * reach it. Ctrl-C and SIGTERM stop it between two steps, and its operations go on elsewhere or at its next start.
 */
export async function worker(session: Session, options: WorkerOptions): Promise<void> {
  const wanted = wantedOf(session, options);
  makeFolder(wanted.folder);
  const held = holdAlone(wanted.folder);
  const log = logOf(session, wanted.observing);
  const tracer = await tracerOf(wanted.observing, 'flotilla-worker');
  const telemetry = { log, tracer, meter: createMeter() };
  const stopping = new AbortController();
  const signal = stopSignal().then((name) => {
    stopping.abort();
    return name;
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => held.release());
  stack.defer(() => tracer?.close());
  const send = (request: Request): Promise<Response> => fetch(withTraceparent(request));
  if (wanted.metrics !== null) {
    const told = await tellMetrics(wanted.metrics, telemetry.meter);
    stack.defer(() => told.close());
  }
  const client = createClient({ baseUrl: wanted.url, token: wanted.token, fetch: send });
  if (!(await firstContact({ url: wanted.url, client, signal: stopping.signal, log }))) return;
  const redis = wanted.redis ?? (await privateRedis(wanted.folder, stack, log));
  if (wanted.redis !== undefined) await refuseEvicting(wanted.redis);
  const { config, folder } = wanted;
  const api = (id: string) => workerApi(client, id, config.labels);
  const running = startWorker({ folder, redis, config, api, telemetry });
  stack.defer(() => running.close());
  if (wanted.redis === undefined) {
    const dispatcher = startDispatcher({ redis, api: api(running.id), log });
    stack.defer(() => dispatcher.close());
  }
  session.show({ worker: running.id, url: wanted.url, labels: config.labels }, () => [
    `Worker ${running.id} works for ${wanted.url}${labelsText(config.labels)}.`,
    'Ctrl-C stops it; operations that run stop between two steps and go on at the next start.',
  ]);
  session.say([`Stopping (${await signal}) …`]);
}

/** What it needs; all that is missing or wrong is named at once. @throws AppError `invalid_input` */
function wantedOf(session: Session, options: WorkerOptions): Wanted {
  const settings = serverSettings({
    FLOTILLA_DATA: options.data,
    REDIS_URL: options.redis,
    FLOTILLA_URL: session.flags.url,
  });
  const { dataDir, redis } = apiConfigOf(settings);
  const config = workerConfigOf(settings);
  const url = settings.text(cliSettings, 'FLOTILLA_URL') ?? savedUrl(dataDir);
  if (url === undefined || !isWebAddress(url))
    settings.wrong(
      cliSettings,
      'FLOTILLA_URL',
      'expected the address of the control plane, such as https://flotilla.example.org',
    );
  const token = settings.text(workerSettings, 'FLOTILLA_WORKER_TOKEN') ?? firstLine(join(dataDir, 'worker-token'));
  if (token === undefined)
    settings.wrong(
      workerSettings,
      'FLOTILLA_WORKER_TOKEN',
      'expected the token of a worker, here or in FLOTILLA_WORKER_TOKEN_FILE',
    );
  const observing = observingOf(session, settings);
  const metrics = metricsAddressOf(settings);
  settings.check();
  const folder = join(dataDir, 'worker');
  return { url: (url ?? '').replace(/\/+$/, ''), token: token ?? '', folder, redis, config, observing, metrics };
}

/** Two workers with one id would take each other's leases. @throws AppError `conflict` */
function holdAlone(folder: string): HeldFile {
  const held = holdFile(join(folder, 'lock'));
  if (held !== null) return held;
  throw new AppError('conflict', `Another worker runs on ${folder}`, {
    done: 'Nothing was started.',
    next: 'Name another data folder with --data.',
  });
}

async function privateRedis(folder: string, stack: AsyncDisposableStack, log: (line: string) => void): Promise<string> {
  const { socket, stop } = await startPrivateRedis(folder, log);
  stack.defer(() => stop());
  return socket;
}

const labelsText = (labels: readonly string[]): string => (labels.length === 0 ? '' : `, for ${labels.join(', ')}`);
