import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { startControlPlane } from './tools/control-plane.ts';
import { quiet } from './tools/quiet.ts';
import { median, rounded } from './tools/statistics.ts';

const idleMs = 5000;
const settings = { rounds: { type: 'string', default: '5' } } as const;

/** How long `flotilla up` takes to its first answer, and what it holds in memory when it has nothing to do. */
export const idle: Bench = async (args, { signal, say }) => {
  const rounds = Number(parseArgs({ args, options: settings }).values.rounds);
  const seen: Idle[] = [];
  for (let at = 0; at < rounds; at += 1) {
    const round = await measure(signal);
    seen.push(round);
    say(`round ${at + 1}  ${JSON.stringify(round)}`);
  }
  const of = (pick: (round: Idle) => number): number => rounded(median(seen.map(pick)));
  return {
    numbers: {
      rounds,
      firstStartS: of(({ firstStartS }) => firstStartS),
      startS: of(({ startS }) => startS),
      residentMb: of(({ residentMb }) => residentMb),
      ownMb: of(({ ownMb }) => ownMb),
    },
    invalid: null,
  };
};

interface Idle {
  /** With an empty folder: the database is made too. */
  firstStartS: number;
  startS: number;
  /** Everything resident, with the pages of files that other processes have in common with it. */
  residentMb: number;
  /** Resident and its own. */
  ownMb: number;
}

async function measure(signal: AbortSignal): Promise<Idle> {
  await quiet(signal);
  const plane = await startControlPlane(null);
  try {
    const firstStartS = plane.startS;
    await quiet(signal);
    await plane.restart();
    const { startS } = plane;
    await pause(idleMs, undefined, { signal });
    return { firstStartS: rounded(firstStartS), startS: rounded(startS), ...(await memoryOf(plane.pid)) };
  } finally {
    await plane.close();
  }
}

/** From the kernel's own sum over all mappings of the process; Redis is a process of its own and not in it. */
async function memoryOf(pid: number): Promise<Pick<Idle, 'residentMb' | 'ownMb'>> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(rollup)?.[1]);
  return {
    residentMb: rounded(kilobytes('Rss') / 1024, 1),
    ownMb: rounded((kilobytes('Private_Clean') + kilobytes('Private_Dirty')) / 1024, 1),
  };
}
