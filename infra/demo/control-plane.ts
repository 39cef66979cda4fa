import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A `flotilla up` of its own, in a folder of its own, and the commands of a person who uses it. */
export interface ControlPlane {
  url: string;
  folder: string;
  tokenFile: string;
  /** Runs one `flotilla` command on this terminal and gives its exit code. */
  run: (args: string[]) => Promise<number>;
  /** An answer of the API, as JSON. */
  get: (path: string) => Promise<unknown>;
  stop: (options?: { keepFolder?: boolean }) => Promise<void>;
}

const startLimitMs = 90_000;
const program = new URL('../../bin/flotilla', import.meta.url).pathname;

/** Starts it with the lab's key as the SSH key `default`, on a free port of the loopback address. */
export async function startControlPlane(sshKeyFile: string): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-demo-'));
  const env = { ...process.env, FLOTILLA_DATA: folder, FLOTILLA_SSH_KEYS: `default=${sshKeyFile}` };
  const child = spawn(program, ['up', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8')));
  try {
    const url = await untilUp(child, folder, lines);
    const tokenFile = join(folder, 'admin-token');
    const token = readFileSync(tokenFile, 'utf8').trim();
    return {
      url,
      folder,
      tokenFile,
      run: (args) => exitCodeOf(spawn(program, args, { env, stdio: 'inherit' })),
      get: async (path) => (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json(),
      stop: async ({ keepFolder = false } = {}) => {
        await end(child);
        if (!keepFolder) rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function untilUp(child: ChildProcess, folder: string, lines: readonly string[]): Promise<string> {
  const end = performance.now() + startLimitMs;
  while (performance.now() < end && child.exitCode === null) {
    const url = readIfThere(join(folder, 'url'));
    if (url !== '' && (await isHealthy(url))) return url;
    await pause(50);
  }
  throw new Error(`flotilla up did not start:\n${lines.join('')}`);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

const exitCodeOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = exitCodeOf(child);
  child.kill('SIGTERM');
  await ended;
}
