import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { type Client, createClient } from '#api/client.ts';
import { makeToken } from '#api/tokens.ts';
import { newSealingKey } from '#core/sealing.ts';
import type { D1Port } from '#db/d1-port.ts';

/** The bundle of wrangler.toml in a real workerd with a local D1. */
export interface EdgeWorld {
  admin: Client;
  worker: Client;
  adminToken: string;
  clientOf: (token: string) => Client;
  fetch: (request: Request) => Promise<Response>;
  /** The database itself, for whoever looks past the API or tampers. */
  database: D1Port;
  run: (sql: string) => Promise<void>;
  /** What the call of every minute does. */
  minute: () => Promise<void>;
  /** Ends the one writer, as an upgrade does; the next request starts it anew from what it stored. */
  restartWriter: () => Promise<void>;
  /** Everything that was logged. */
  log: () => string[];
  close: () => Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const base = 'http://flotilla.test';

/** As `openssl genpkey -algorithm ed25519` writes it. */
export const newAuditKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Starts it with all its secrets, and more or others. Migrated, unless told otherwise. */
export async function createEdgeWorld(more: Record<string, string> = {}): Promise<EdgeWorld> {
  const [adminToken, workerToken] = [makeToken().text, makeToken().text];
  const secrets = {
    FLOTILLA_ADMIN_TOKEN: adminToken,
    FLOTILLA_ADMIN_NAME: 'ada',
    FLOTILLA_WORKER_TOKEN: workerToken,
    SEALING_KEY: newSealingKey(),
    AUDIT_KEY: newAuditKey(),
  };
  const server = createTestHarness({
    root,
    workers: [{ configPath: './wrangler.toml', secrets: { ...secrets, ...more } }],
  });
  await server.listen();
  const handle = server.getWorker<Record<string, D1Port>>();
  await handle.applyD1Migrations('DB');
  const database = (await handle.getEnv())['DB'];
  if (database === undefined) throw new Error('wrangler.toml binds no DB.');
  const fetch = async (request: Request): Promise<Response> => {
    const body = request.body === null ? null : await request.text();
    const { method, headers } = request;
    return await server.fetch(request.url, { method, headers: Object.fromEntries(headers), body });
  };
  const clientOf = (token: string): Client => createClient({ baseUrl: base, token, fetch });
  return {
    admin: clientOf(adminToken),
    worker: clientOf(workerToken),
    adminToken,
    clientOf,
    fetch,
    database,
    run: async (sql) => void (await database.batch([database.prepare(sql)])),
    minute: async () => void (await handle.scheduled({ cron: '* * * * *' })),
    restartWriter: () => handle.evictDurableObject('WRITER', { name: 'writer' }),
    log: () => server.getLogs().map(({ message }) => message),
    close: () => server.close(),
  };
}
