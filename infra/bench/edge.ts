import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { type Bundle, bundleOf } from './edge/bundle.ts';
import { freePort } from '../edge/free-port.ts';
import { quiet } from './tools/quiet.ts';
import { median, rounded } from './tools/statistics.ts';

const workerd = join(import.meta.dirname, '../../node_modules/.bin/workerd');
const settings = { rounds: { type: 'string', default: '7' } } as const;
const limitMs = 20_000;

/**
 * How long workerd takes from its start to the first answer with our bundle, and with one that is nothing but Hono and Bolt,
 * in turns; and how large they are. That one is bundled as it comes (`whole`), and without what a Worker never needs of Bolt
 * (`plain`, which `ratio` is to). None has a database: what is asked for is a path that is not there.
 */
export const edge: Bench = async (args, { signal, say }) => {
  const rounds = Number(parseArgs({ args, options: settings }).values.rounds);
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'));
  try {
    const ours = await bundleOf('apps/api/workers.ts', join(folder, 'ours'));
    const plain = await bundleOf('infra/bench/edge/plain-worker.ts', join(folder, 'plain'), 'usual');
    const whole = await bundleOf('infra/bench/edge/plain-worker.ts', join(folder, 'whole'), 'nothing');
    const times: Record<'ours' | 'plain' | 'whole', number[]> = { plain: [], whole: [], ours: [] };
    for (let round = 1; round <= rounds; round += 1) {
      await quiet(signal);
      times.plain.push(await startMs(plain));
      times.whole.push(await startMs(whole));
      times.ours.push(await startMs(ours));
      say(`round ${round}  ${told(times)}`);
    }
    const [oursMs, plainMs, wholeMs] = [median(times.ours), median(times.plain), median(times.whole)];
    return {
      numbers: {
        rounds,
        plainMs: rounded(plainMs),
        oursMs: rounded(oursMs),
        ratio: rounded(oursMs / plainMs),
        wholeMs: rounded(wholeMs),
        ratioToWhole: rounded(oursMs / wholeMs),
        plainKb: rounded(plain.gzipKb),
        wholeKb: rounded(whole.gzipKb),
        oursKb: rounded(ours.gzipKb),
      },
      invalid: null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const told = (times: Readonly<Record<string, number[]>>): string =>
  Object.entries(times)
    .map(([name, all]) => `${name} ${all.at(-1)?.toFixed(0)} ms`)
    .join('  ');

async function startMs({ file }: Bundle): Promise<number> {
  const port = await freePort();
  const config = join(dirname(file), 'config.capnp');
  writeFileSync(config, configOf(basename(file), port));
  const startedAt = performance.now();
  const child = spawn(workerd, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - startedAt > limitMs)
        throw new Error(`workerd: ${said.join('')}`);
      await pause(2);
    }
    return performance.now() - startedAt;
  } finally {
    await end(child);
  }
}

const configOf = (file: string, port: number): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "${file}", esModule = embed "${file}")],
  compatibilityDate = "2026-08-04",
);
`;

/** A 404 of the app is its answer. */
const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/nothing`, { signal: AbortSignal.timeout(limitMs) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status === 404;
    },
    () => false,
  );

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
