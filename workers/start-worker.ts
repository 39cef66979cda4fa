import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerConfig } from './config.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { HostAccess } from './open-hosts.ts';
import { type Doorbells, type Heard, listenForDoorbells } from './queue.ts';
import { runOperation } from './run-operation.ts';
import { AppError } from '#core/errors.ts';
import { reasonOf } from '#core/log.ts';
import type { Telemetry } from './telemetry.ts';
import type { WorkerApi } from './worker-api.ts';

export interface WorkerOptions {
  /** Folder of this worker: its id and its spool. */
  folder: string;
  redis: string;
  config: WorkerConfig;
  /** Made with the worker's stored id, by which the API knows it again after a restart. */
  api: (worker: string) => WorkerApi;
  telemetry: Telemetry;
  /** See WorkerDeps. */
  monotonicMs?: () => number;
}

export interface RunningWorker {
  id: string;
  access: HostAccess;
  /** Takes nothing new, lets running operations stop between two steps, and closes every connection. */
  close: () => Promise<void>;
}

/** How long running operations may take to reach the end of their present steps when the worker is told to stop. */
const stopLimitMs = 30_000;

/** Starts a worker: it listens for doorbells and runs the operations that it is given leases for. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const id = storedId(options.folder);
  const { log } = options.telemetry;
  const access = new HostAccess(options.config, options.telemetry.meter);
  const running = new Set<LeaseKeeper>();
  const current = new Map<string, Promise<unknown>>();
  const besides = new Set<string>();
  const deps = {
    api: options.api(id),
    spoolFolder: join(options.folder, 'spool'),
    openHosts: access.open.bind(access),
    telemetry: options.telemetry,
    ...(options.monotonicMs === undefined ? {} : { monotonicMs: options.monotonicMs }),
  };
  let isStopping = false;
  const onRing = async (operation: string): Promise<Heard> => {
    // Also for what it has just given back itself.
    if (isStopping) return 'pass-on';
    // The bell may ring twice; asking for our own lease again would take it from the run that has it.
    if (current.has(operation)) return 'looked';
    const { promise: detached, detach } = beside(besides, operation);
    const run = runOperation(deps, operation, running, detach)
      .catch((error: unknown) => {
        log(reasonOf(error), { operationId: operation });
      })
      .finally(() => {
        current.delete(operation);
        besides.delete(operation);
      });
    current.set(operation, run);
    return (await Promise.race([run, detached])) === 'other-worker' ? 'pass-on' : 'looked';
  };
  void goOn(deps.api, onRing, log);
  const bells: Doorbells = listenForDoorbells({
    redis: options.redis,
    concurrency: options.config.concurrency,
    onRing,
    log,
  });
  const close = async (): Promise<void> => {
    isStopping = true;
    for (const keeper of running) keeper.shutDown();
    await Promise.race([Promise.all(current.values()), pause(stopLimitMs, undefined, { ref: false })]);
    await bells.close();
    await access.close();
  };
  return { id, access, close };
}

/** What is followed for hours holds none of the places for operations, and there are places for as many. */
const besidesMax = 32;

function beside(besides: Set<string>, operation: string): { promise: Promise<void>; detach: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const detach = (): void => {
    if (besides.size >= besidesMax)
      throw new AppError('busy', `This worker follows ${besidesMax} logs already.`, {
        done: 'Nothing was changed.',
        next: 'End one of them, or read without `--follow`.',
      });
    besides.add(operation);
    resolve();
  };
  return { promise, detach };
}

/** Takes up at once what this worker held before it was restarted; otherwise the next doorbell would do it. */
async function goOn(
  api: WorkerApi,
  run: (operation: string) => Promise<unknown>,
  log: (line: string) => void,
): Promise<void> {
  try {
    await Promise.all((await api.held()).map(run));
  } catch (error) {
    log(`what this worker held before is not known: ${reasonOf(error)}`);
  }
}

/** The worker's id, kept on disk so that after a restart the same worker gets its own lease back at once. */
function storedId(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'worker-id');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const id = `wrk_${randomUUID()}`;
  writeFileSync(file, `${id}\n`, { mode: 0o600 });
  return id;
}
