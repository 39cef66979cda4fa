import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { OperationView } from '#core/wire.ts';
import type { Lab } from '#lab/types.ts';
import { bundled, compileCache } from '#test/cli/run-cli.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Phase } from './kill-points.ts';
import { ended, progressText, requestApply } from './operations.ts';

const lastLineSchema = z.object({ met: z.array(z.string()) });

/** A worker in a process of its own; of one name always with the same folder. */
export interface WorkerProcess {
  /** Once it has killed itself: the points that it had come to. */
  killed: () => Promise<string[]>;
  /** Ends it, if it still runs. */
  end: () => Promise<void>;
}

/** Where a test may put secrets that its workers have. */
export const secretsFolder = ({ dataDir }: Pick<ControlPlane, 'dataDir'>): string => join(dataDir, 'secrets');

export function startWorkerProcess(
  plane: ControlPlane,
  lab: Lab,
  kill: { phase: Phase; points: readonly string[] },
  name = 'worker',
): WorkerProcess {
  const { redis, dataDir, running } = plane;
  const options = { folder: join(dataDir, name), redis, url: running.url, ...kill };
  const child = spawn(process.execPath, [...bundled('worker'), JSON.stringify(options)], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: compileCache,
      FLOTILLA_WORKER_TOKEN: running.workerToken,
      FLOTILLA_SSH_KEYS: `default=${lab.sshKeyFile}`,
      FLOTILLA_SECRETS_FOLDER: secretsFolder(plane),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString('utf8')));
  const exited = exitOf(child);
  return {
    killed: async () => {
      const signal = await exited;
      if (signal === 'SIGKILL') return lastLineSchema.parse(JSON.parse(output.out.trim().split('\n').at(-1) ?? '')).met;
      throw new Error(`the worker was to be killed and ended otherwise (${signal}):\n${output.out}\n${output.err}`);
    },
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Once its output is read to the end, too. */
const exitOf = (child: ChildProcess): Promise<NodeJS.Signals | null> =>
  new Promise((resolve) => {
    child.once('close', (_, signal) => resolve(signal));
  });

/** Applies what is proposed with a worker that is killed once at each of the points, and with one that is not at the end. */
export async function appliedWhileKilled(
  plane: ControlPlane,
  lab: Lab,
  phase: Phase,
  points: readonly string[],
): Promise<OperationView> {
  const end = ended(plane.api, await requestApply(plane.api, 'demo'));
  const left = new Set(points);
  while (left.size > 0) {
    const worker = startWorkerProcess(plane, lab, { phase, points: [...left] });
    try {
      const met = await Promise.race([worker.killed(), end.then((view) => notKilled(view, [...left]))]);
      for (const point of met) left.delete(point);
    } finally {
      await worker.end();
    }
  }
  const worker = startWorkerProcess(plane, lab, { phase, points: [] });
  try {
    return await end;
  } finally {
    await worker.end();
  }
}

function notKilled(view: OperationView, left: string[]): never {
  throw new Error(`it ended before it came to ${left.join(', ')}: ${progressText(view)}`);
}
