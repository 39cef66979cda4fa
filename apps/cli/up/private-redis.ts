import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '#core/log.ts';
import { rest } from '#core/rest.ts';
import { connectionLost, runRedisServer, shutDown, socketPathFor } from './redis-server.ts';

export interface PrivateRedis {
  /** Path of its unix socket; it listens on no port. */
  socket: string;
  stop: () => Promise<void>;
}

const firstPauseMs = 200;
const longestPauseMs = 5000;

/**
 * A Redis of our own in the data folder: append-only file, no eviction, reachable by its unix socket only.
 * One that an earlier, killed `flotilla up` left running on the same folder is taken over; one that dies is started
 * again, until `stop`.
 */
export async function startPrivateRedis(dataFolder: string, log: (line: string) => void): Promise<PrivateRedis> {
  const folder = join(dataFolder, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const socket = socketPathFor(folder);
  await runRedisServer(folder, socket);
  const stopping = new AbortController();
  const kept = keep({ folder, socket, log, signal: stopping.signal });
  return {
    socket,
    stop: async () => {
      stopping.abort();
      await kept;
      await shutDown(socket);
    },
  };
}

interface Kept {
  folder: string;
  socket: string;
  log: (line: string) => void;
  signal: AbortSignal;
}

async function keep(kept: Kept): Promise<void> {
  while (!kept.signal.aborted) {
    await connectionLost(kept.socket, kept.signal);
    if (!kept.signal.aborted) await startAgain(kept);
  }
}

/** Tries for as long as it takes: operations are accepted and wait meanwhile. */
async function startAgain({ folder, socket, log, signal }: Kept): Promise<void> {
  log('The private Redis has ended; starting it again.');
  let said = '';
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await runRedisServer(folder, socket);
      return;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== said) log(reason);
      said = reason;
    }
    await rest(pauseMs, signal);
  }
}
