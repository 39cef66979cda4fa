import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, createClient } from '#api/client.ts';
import { until } from '#lab/wait.ts';
import { freePort } from '../../edge/free-port.ts';

/** A `flotilla up` as a user starts it, in a process and a new data folder of its own. */
export interface ControlPlane {
  readonly client: Client;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly startS: number;
  /** Stops the process and starts another one on the same data; `client` works on. */
  restart: () => Promise<void>;
  /** Its data. */
  readonly folder: string;
  /** Bearer token of its first administrator. */
  readonly token: string;
  /** Stops the process and leaves the data. */
  stop: () => Promise<void>;
  /** Stops it and removes the data. */
  close: () => Promise<void>;
}

const program = new URL('../../../bin/flotilla', import.meta.url).pathname;
const startLimitMs = 30_000;

interface Started {
  child: ChildProcess;
  startS: number;
}

/** `sshKeyFile` becomes the SSH key `default`. Without it no host can be reached. */
export async function startControlPlane(sshKeyFile: string | null): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'));
  const port = await freePort();
  const env = {
    ...process.env,
    FLOTILLA_DATA: folder,
    ...(sshKeyFile === null ? {} : { FLOTILLA_SSH_KEYS: `default=${sshKeyFile}` }),
  };
  const url = `http://127.0.0.1:${port}`;
  const launch = (): Promise<Started> => start(['up', '--listen', `127.0.0.1:${port}`], env, url);
  let running: Started | null = null;
  const stop = async (): Promise<void> => {
    if (running !== null) await end(running.child);
    running = null;
  };
  const close = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    running = await launch();
    const token = await until('the first token is written', () => readIfThere(join(folder, 'admin-token')));
    return {
      client: createClient({ baseUrl: url, token }),
      get pid() {
        return running?.child.pid ?? 0;
      },
      get startS() {
        return running?.startS ?? NaN;
      },
      restart: async () => {
        await stop();
        running = await launch();
      },
      folder,
      token,
      stop,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first line of a file, or undefined while it is not there. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

async function start(args: string[], env: NodeJS.ProcessEnv, url: string): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)));
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() - startedAt > startLimitMs) {
      await end(child);
      throw new Error(`flotilla up did not start:\n${said.join('')}`);
    }
    await pause(5);
  }
  return { child, startS: (performance.now() - startedAt) / 1000 };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
