import { setTimeout as pause } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { operationsQueue, ringSchema } from '#core/ring.ts';

/** `pass-on`: the operation is for a worker with other labels, who may listen at the same Redis. */
export type Heard = 'looked' | 'pass-on';

export interface Doorbells {
  close: () => Promise<void>;
}

interface Options {
  /** `redis://…`, `rediss://…`, or the path of a unix socket. */
  redis: string;
  concurrency: number;
  onRing: (operation: string) => Promise<Heard>;
  log: (line: string) => void;
}

const closeLimitMs = 3000;
/** How often a ring is passed on before it is dropped; the sweeper rings again for an operation that nobody took. */
const passesMax = 20;
const passedOn = { delay: 200, removeOnComplete: true, removeOnFail: true } as const;

/**
 * Listens for doorbells: a job says only which operation to look at, and its state is never read.
 * While Redis is away it keeps trying, and the sweeper rings again for what was missed.
 */
export function listenForDoorbells(options: Options): Doorbells {
  const connection = new Redis(options.redis, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 200, 2000),
  });
  let said = false;
  const complain = (error: Error): void => {
    if (!said) options.log(`Redis is away: ${error.message}; trying again until it is back`);
    said = true;
  };
  connection.on('error', complain);
  connection.on('ready', () => {
    if (said) options.log('Redis is back');
    said = false;
  });
  const queue = new Queue(operationsQueue, { connection, skipMetasUpdate: true });
  queue.on('error', complain);
  const worker = new Worker<unknown>(
    operationsQueue,
    async (job) => {
      const { operation, passes } = ringSchema.parse(job.data);
      if ((await options.onRing(operation)) === 'pass-on' && passes < passesMax)
        await queue.add(job.name, { operation, passes: passes + 1 }, passedOn);
    },
    // The ledger, not BullMQ, decides what is run again: a stalled job is dropped and the sweeper rings anew.
    {
      connection,
      concurrency: options.concurrency,
      maxStalledCount: 0,
      drainDelay: 5,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', complain);
  return {
    close: async () => {
      // By force: in order it waits for an answer of a Redis that may be gone. Nobody reads the state of a job.
      await Promise.race([
        Promise.all([worker.close(true), queue.close()]),
        pause(closeLimitMs, undefined, { ref: false }),
      ]);
      connection.disconnect();
    },
  };
}
