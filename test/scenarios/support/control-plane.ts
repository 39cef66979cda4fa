import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '#api/client.ts';
import { type RunningApi, startApi } from '#api/node.ts';
import { startPrivateRedis } from '#cli/up/private-redis.ts';

/** API and Redis without a worker: tests start workers as processes of their own, and end them as they like. */
export interface ControlPlane {
  api: Client;
  running: RunningApi;
  /** Path of its socket. */
  redis: string;
  dataDir: string;
  /** Moves the clock of the API on; the workers' own go on as they are. */
  advance: (ms: number) => void;
  close: () => Promise<void>;
}

export async function startControlPlane(): Promise<ControlPlane> {
  await using stack = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-scenario-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const redis = stack.adopt(await startPrivateRedis(dataDir, console.error), ({ stop }) => stop()).socket;
  let aheadMs = 0;
  const advance = (ms: number): void => void (aheadMs += ms);
  const listen = { host: '127.0.0.1', port: 0 };
  const running = stack.adopt(
    await startApi({ dataDir, listen, redis, osUser: 'ada', nowMs: () => Date.now() + aheadMs }),
    (api) => api.close(),
  );
  const api = createClient({ baseUrl: running.url, token: running.adminToken ?? '' });
  const whole = stack.move();
  return { api, running, redis, dataDir, advance, close: () => whole.disposeAsync() };
}
