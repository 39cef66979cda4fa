import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { AppError } from '#core/errors.ts';
import { searchPath } from '../config.ts';

const startLimitMs = 10_000;
/** Linux allows 107 bytes for the path of a unix socket. */
const socketPathMax = 100;

/**
 * Starts a `redis-server` on a folder and waits until it answers on its socket; nothing is done when one does already.
 * @throws AppError `queue_unavailable` with what it wrote.
 */
export async function runRedisServer(folder: string, socket: string): Promise<void> {
  if (await answers(socket)) return;
  const output = launch(folder, socket);
  const end = performance.now() + startLimitMs;
  while (!(await answers(socket))) {
    if (output.failed !== null || performance.now() > end) throw notStarted(output.failed ?? output.lines.join('\n'));
    await pause(20);
  }
}

/** Where a Redis of this folder listens. */
export function socketPathFor(folder: string): string {
  const inFolder = join(folder, 'redis.sock');
  if (inFolder.length <= socketPathMax) return inFolder;
  return join(tmpdir(), `flotilla-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
}

const settings = (folder: string, socket: string): string[] =>
  [
    ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'],
    ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    ['--maxmemory-policy', 'noeviction', '--daemonize', 'no', '--loglevel', 'warning'],
  ].flat();

interface Output {
  lines: string[];
  failed: string | null;
}

/**
 * The path of `redis-server`, or of a link of that name to the same binary as Debian's redis-tools carries it,
 * without a service: it acts by the name that it is called by.
 */
function serverProgram(folder: string): string {
  const server = onPath('redis-server');
  const checker = onPath('redis-check-rdb');
  if (server !== undefined || checker === undefined) return server ?? 'redis-server';
  const link = join(folder, 'redis-server');
  rmSync(link, { force: true });
  symlinkSync(checker, link);
  return link;
}

const onPath = (name: string): string | undefined =>
  searchPath()
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** Linux ends it together with us, even when we are killed; elsewhere the next start takes it over. */
function argvOf(folder: string, socket: string): [string, ...string[]] {
  const argv: [string, ...string[]] = [serverProgram(folder), ...settings(folder, socket)];
  return onPath('setpriv') === undefined ? argv : ['setpriv', '--pdeathsig', 'TERM', '--', ...argv];
}

/** Starts it in a process group of its own, so that Ctrl-C at the terminal reaches us and not it. */
function launch(folder: string, socket: string): Output {
  const [program, ...args] = argvOf(folder, socket);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: Output = { lines: [], failed: null };
  const collect = (chunk: Buffer): void => {
    output.lines = [...output.lines, ...chunk.toString('utf8').split('\n')].slice(-20);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.on('error', (error) => {
    output.failed = error.message;
  });
  child.on('exit', (code) => {
    output.failed ??= `it ended with code ${code}: ${lastWords(output.lines)}`;
  });
  child.unref();
  return output;
}

/** What it said last, without the number, the time and the sign before its words; what comes before greets and warns. */
function lastWords(lines: readonly string[]): string {
  const last = lines.findLast((line) => line.trim() !== '') ?? 'it said nothing';
  return last.replace(/^\d+:\w \d+ \w+ \d{4} [\d:.]+ \S /u, '').trim();
}

async function answers(socket: string): Promise<boolean> {
  const client = connect(socket);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

/** Saves the append-only file and ends; the connection breaks while it does. */
export async function shutDown(socket: string): Promise<void> {
  const client = connect(socket);
  try {
    await client.connect();
    await client.call('SHUTDOWN', 'NOSAVE');
  } catch {
    // Gone before it could answer, as it should.
  } finally {
    client.disconnect();
  }
}

/** Resolves when a connection to it breaks, at once when none can be made. */
export async function connectionLost(socket: string, signal: AbortSignal): Promise<void> {
  const client = connect(socket);
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  const leave = (): void => client.disconnect();
  signal.addEventListener('abort', leave, { once: true });
  try {
    await client.connect().catch(() => undefined);
    await lost;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function connect(socket: string): Redis {
  const client = new Redis(socket, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableOfflineQueue: false,
  });
  client.on('error', () => undefined);
  return client;
}

const notStarted = (why: string): AppError =>
  new AppError('queue_unavailable', `The private Redis could not be started: ${why}`, {
    next: /No space left|disk is full/i.test(why)
      ? 'Free space on the disk of the data folder, then start it again.'
      : 'Install Debian’s redis-server (or any Redis 7), or set REDIS_URL to one that runs.',
  });
