import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { operationsQueue, ringJob } from '#core/ring.ts';
import { reasonOf } from '#core/log.ts';
import type { WorkerApi } from './worker-api.ts';
import { rest } from '#core/rest.ts';

/**
 * Carries doorbells from an API that cannot reach this network into a Redis beside the workers. It holds one line that
 * it opened itself: a request that the API answers when something is due. What it was told once it is told again with
 * every answer until a worker took it, so that nothing is lost when line, Redis or this process break: a job that still
 * waits is not added twice, and one that ran already finds nothing to do.
 */
export interface Dispatcher {
  /** Asks now instead of waiting for the answer of the present request. */
  look: () => void;
  close: () => Promise<void>;
}

export interface DispatcherOptions {
  redis: string;
  api: Pick<WorkerApi, 'doorbells'>;
  log: (line: string) => void;
  /** How long the API may hold a request. */
  waitS?: number;
}

const retryMs = { first: 200, longest: 5000 };

export function startDispatcher({ redis, api, log, waitS = 25 }: DispatcherOptions): Dispatcher {
  const connection = new Redis(redis, {
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 200, 2000),
  });
  const queue = new Queue(operationsQueue, { connection, skipMetasUpdate: true });
  const line = new Line(api, waitS, log);
  const quiet = (): void => {};
  connection.on('error', quiet);
  queue.on('error', quiet);
  // Perhaps without what it knew: all that is due is told anew.
  connection.on('ready', () => line.look());
  const stopping = new AbortController();
  const carried = line.carry(stopping.signal, async (bells) => {
    if (bells.length > 0) await queue.addBulk(bells.map(ringJob));
  });
  return {
    look: () => line.look(),
    async close() {
      stopping.abort();
      await carried;
      await queue.close().catch(quiet);
      connection.disconnect();
    },
  };
}

type Told = Awaited<ReturnType<WorkerApi['doorbells']>>;

class Line {
  readonly #api: Pick<WorkerApi, 'doorbells'>;
  readonly #waitS: number;
  readonly #log: (line: string) => void;
  #after = '';
  #request = new AbortController();
  #failures = 0;

  constructor(api: Pick<WorkerApi, 'doorbells'>, waitS: number, log: (line: string) => void) {
    this.#api = api;
    this.#waitS = waitS;
    this.#log = log;
  }

  look(): void {
    this.#after = '';
    this.#request.abort(new Looking());
  }

  /** Asks again and again until the signal aborts. */
  async carry(signal: AbortSignal, add: (bells: Told['doorbells']) => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      this.#request = new AbortController();
      try {
        const asked = AbortSignal.any([signal, this.#request.signal]);
        const told = await this.#api.doorbells({ after: this.#after, waitS: this.#waitS, signal: asked });
        await add(told.doorbells);
        // Only what lies in Redis counts as told.
        this.#after = this.#request.signal.aborted ? '' : told.after;
        this.#noteBack();
      } catch (error) {
        this.#after = '';
        if (!signal.aborted && !(error instanceof Looking)) await this.#rest(error, signal);
      }
    }
  }

  #noteBack(): void {
    if (this.#failures > 0) this.#log('Doorbells come through again');
    this.#failures = 0;
  }

  /** Says once why nothing comes through, and waits longer each time. */
  async #rest(reason: unknown, signal: AbortSignal): Promise<void> {
    const why = reasonOf(reason);
    if (this.#failures === 0) this.#log(`No doorbells come through: ${why}; trying again`);
    const ms = Math.min(retryMs.first * 2 ** this.#failures, retryMs.longest);
    this.#failures += 1;
    await rest(ms, signal);
  }
}

/** Why a request was given up: not a failure. */
class Looking extends Error {}
