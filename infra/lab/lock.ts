import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this machine does under the same name. The lock is an abstract socket: the
 * kernel gives it to one process only, and frees it when that process ends in whatever way.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  let held = await take(name);
  while (held === undefined) {
    await sleep(30);
    held = await take(name);
  }
  try {
    return await work();
  } finally {
    held.close();
  }
}

function take(name: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      'code' in error && error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(`\0flotilla-lab:${name}`, () => resolve(server));
  });
}
