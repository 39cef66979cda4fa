import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { operationsQueue, ringJob } from '#core/ring.ts';
import { reasonOf } from '#core/log.ts';
import type { Dispatch } from './dispatch.ts';
import { evictionOf, evictsText } from './redis-policy.ts';

export interface BullOptions {
  /** `redis://…`, `rediss://…`, or the path of a socket. */
  redis: string;
  /** Redis answers again, perhaps without what it knew: time to ring for everything that is due. */
  onReady: () => void;
  log: (line: string) => void;
}

/** Rings through BullMQ. While Redis is away rings are counted as lost at once: the sweeper makes them good. */
export function bullDispatch({ redis, onReady, log }: BullOptions): Dispatch {
  const connection = new Redis(redis, { ...options, retryStrategy });
  let failures = 0;
  let isAway = false;
  let evicts: string | null = null;
  let isClosed = false;
  const noteAway = (reason: string): void => {
    if (!isAway && !isClosed) log(`Redis is away, operations wait for it: ${reason}`);
    isAway = true;
  };
  connection.on('error', (error) => noteAway(error.message));
  connection.on('ready', () => {
    if (isAway) log('Redis is back.');
    isAway = false;
    void evictionOf(connection).then((policy) => {
      evicts = policy;
      if (policy !== null) log(evictsText(policy));
    });
    onReady();
  });
  const queue = new Queue(operationsQueue, { connection, skipMetasUpdate: true });
  queue.on('error', (error) => noteAway(error.message));
  return {
    ring(bells) {
      if (bells.length === 0) return;
      if (connection.status !== 'ready') {
        failures += bells.length;
        return;
      }
      void queue.addBulk(bells.map(ringJob)).catch((error: unknown) => {
        failures += bells.length;
        noteAway(reasonOf(error));
      });
    },
    get failures() {
      return failures;
    },
    get away() {
      if (connection.status !== 'ready') return 'Redis (it does not answer)';
      return evicts === null ? null : `Redis (${evictsText(evicts)})`;
    },
    async depth() {
      if (connection.status !== 'ready') return null;
      const limit = new Promise<null>((resolve) => setTimeout(() => resolve(null), depthLimitMs).unref());
      return await Promise.race([
        queue.getJobCounts('waiting', 'active', 'delayed', 'failed').catch(() => null),
        limit,
      ]);
    },
    async close() {
      isClosed = true;
      await queue.close().catch(() => {});
      connection.disconnect();
    },
  };
}

/** Who asks for figures does not wait for a Redis that hangs. */
const depthLimitMs = 1000;

/** Nothing waits for a Redis that is away; the connection itself tries again for ever. */
const options = { enableOfflineQueue: false, maxRetriesPerRequest: null } as const;

const retryStrategy = (attempt: number): number => Math.min(attempt * 100, 2000);
