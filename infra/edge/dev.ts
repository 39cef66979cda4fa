import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeToken } from '#api/tokens.ts';
import { newSealingKey } from '#core/sealing.ts';
import { until } from '#lab/wait.ts';

const root = join(import.meta.dirname, '../..');
const wrangler = join(root, 'node_modules/.bin/wrangler');

export interface EdgeOptions {
  /** Its database, and the secrets made for it. Kept from run to run. */
  folder: string;
  port: number;
  /** Further secrets, such as Slack's. */
  secrets?: Record<string, string>;
  /** Everything that wrangler writes. */
  log: (text: string) => void;
}

export interface LocalEdge {
  url: string;
  adminToken: string;
  workerToken: string;
  /** Ends workerd and wrangler; the database stays. */
  stop: () => Promise<void>;
}

/** wrangler.toml in a local workerd with a local D1: nothing is asked of the network, and nobody has to log in. */
export async function startLocalEdge({ folder, port, secrets = {}, log }: EdgeOptions): Promise<LocalEdge> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = { ...secretsIn(folder), ...secrets };
  const envFile = join(folder, 'secrets.env');
  writeFileSync(envFile, lines(made), { mode: 0o600 });
  const state = ['--persist-to', join(folder, 'state')];
  const options = { cwd: root, env: { ...process.env, ...offline } };
  await promisify(execFile)(wrangler, ['d1', 'migrations', 'apply', 'DB', '--local', '--env', '', ...state], options);
  const url = `http://127.0.0.1:${port}`;
  const args = ['dev', '--env', '', '--port', String(port), '--ip', '127.0.0.1', '--inspector-port', '0'];
  const flags = ['--show-interactive-dev-session=false', '--test-scheduled', '--env-file', envFile, ...state];
  // A group of its own, so that wrangler's own children end with it.
  const child = spawn(wrangler, [...args, ...flags], { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log(chunk.toString('utf8')));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGTERM');
    await exited;
  };
  try {
    await until('the edge answers', () => child.exitCode === null && answers(url), { limitMs: 90_000, everyMs: 200 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, adminToken: made.FLOTILLA_ADMIN_TOKEN, workerToken: made.FLOTILLA_WORKER_TOKEN, stop };
}

const offline = { WRANGLER_SEND_METRICS: 'false', CI: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false', NO_COLOR: '1' };

/** A bundle that does not build makes wrangler hold requests instead of failing them. */
const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );

interface Secrets {
  FLOTILLA_ADMIN_TOKEN: string;
  FLOTILLA_WORKER_TOKEN: string;
  SEALING_KEY: string;
  AUDIT_KEY: string;
}

/** Each is made at the first run that knows it, and kept for the later ones. */
function secretsIn(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const saved = existsSync(file) ? secretsOf(readFileSync(file, 'utf8')) : {};
  const made: Secrets = {
    FLOTILLA_ADMIN_TOKEN: makeToken().text,
    FLOTILLA_WORKER_TOKEN: makeToken().text,
    SEALING_KEY: newSealingKey(),
    AUDIT_KEY: newAuditKey(),
    ...saved,
  };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** In one line, for the file of secrets has one for each. */
const newAuditKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');

/** The file is our own, written above. */
const secretsOf = (text: string): Partial<Secrets> => JSON.parse(text) as Partial<Secrets>;

const lines = (values: object): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
