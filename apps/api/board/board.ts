import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { Queue } from 'bullmq';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { operationsQueue } from '#core/ring.ts';
import type { BoardDoor } from '../routes/board.ts';

/** Where its files are, beside the bundle as beside the sources. */
const uiBasePath = (): string => dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));

/** bull-board over the queue of doorbells, below a path, read-only. It has a connection of its own. */
export function openBoard(redis: string, basePath: string): { door: BoardDoor; close: () => Promise<void> } {
  const connection = new Redis(redis, { maxRetriesPerRequest: 1, enableOfflineQueue: true, connectTimeout: 2000 });
  connection.on('error', () => {});
  const queue = new Queue(operationsQueue, { connection, skipMetasUpdate: true });
  queue.on('error', () => {});
  const serverAdapter = new HonoAdapter(serveStatic).setBasePath(basePath);
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })],
    serverAdapter,
    options: { uiBasePath: uiBasePath(), uiConfig: { boardTitle: 'Flotilla: doorbells' } },
  });
  // Its page is at the path with a slash behind it as well: its own links lead there.
  const app = new Hono({ strict: false }).route(basePath, serverAdapter.registerPlugin());
  return {
    door: (request) => app.fetch(request),
    async close() {
      await queue.close().catch(() => {});
      connection.disconnect();
    },
  };
}
