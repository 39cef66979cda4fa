import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Client, createClient } from '#api/client.ts';
import { savedToken, savedUrl } from '#cli/input/data-folder.ts';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { bundled, compileCache } from '#test/cli/run-cli.ts';

/** A real `flotilla up`, as a process of its own. */
export interface FlotillaProcess {
  /** A person who is admin. */
  api: Client;
  /** What it wrote on its standard error until now. */
  said: () => string;
  /** Ends it by SIGKILL: it cannot put anything in order. */
  kill: () => Promise<void>;
  /** Asks it to stop, as Ctrl-C does, and gives its exit code once it has. Fine when it is gone already. */
  stop: () => Promise<number | null>;
}

/** Starts it on a folder, new or left by an earlier one. Throws with what it wrote when it does not come up. */
export async function startFlotillaProcess(lab: Pick<Lab, 'sshKeyFile'>, dataDir: string): Promise<FlotillaProcess> {
  const child = spawn(process.execPath, [...bundled('flotilla'), 'up', '--data', dataDir, '--listen', '127.0.0.1:0'], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, FLOTILLA_SSH_KEYS: `default=${lab.sshKeyFile}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString('utf8')));
  await until(
    'flotilla up is up',
    () => {
      if (isGone(child)) throw new Error(`flotilla up ended with ${child.exitCode}: ${output.err}`);
      return output.out.includes('Flotilla is up at');
    },
    { limitMs: 60_000 },
  );
  return {
    api: createClient({ baseUrl: savedUrl(dataDir) ?? '', token: savedToken(dataDir) ?? '' }),
    said: () => output.err,
    kill: async () => void (await endBy(child, 'SIGKILL')),
    stop: () => endBy(child, 'SIGTERM'),
  };
}

const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!isGone(child)) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}
