import { parseArgs } from 'node:util';
import { createLab } from '#lab/lab.ts';
import type { Lab } from '#lab/types.ts';
import type { Bench, BenchRun } from './bench.ts';
import { prepareFloor } from './form/floor.ts';
import { type FlotillaExtras, prepareFlotilla } from './form/flotilla.ts';
import { namesResolve } from './form/names.ts';
import { prepareOverSsh } from './form/over-ssh.ts';
import { prepareShell } from './form/shell.ts';
import { type Round, summarise, type WayName, wayNames } from './form/summary.ts';
import type { Prepared } from './form/way.ts';
import { quiet } from './tools/quiet.ts';
import { rounded, secondsOf } from './tools/statistics.ts';
import { wholeFrom } from './tools/whole.ts';

/**
 * Forms a swarm of N hosts and one attachable overlay in four ways, in turns on one lab: at the engines' sockets (the
 * floor), the same over SSH, by Flotilla, and by shell. Every turn has fresh engines and a quiet machine, and counts when names resolve.
 */
export const form: Bench = async (args, run) => {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      id: { type: 'string', default: 'bench' },
    },
  });
  const [nodes, rounds] = [wholeFrom(values.nodes, 2), wholeFrom(values.rounds, 1)];
  const lab = await createLab({ id: values.id, hosts: nodes, log: run.say });
  try {
    const counted: Round[] = [];
    for (let at = 0; at < rounds; at += 1) {
      run.signal.throwIfAborted();
      const round = await tryRound(lab, at, run);
      if (round !== null) counted.push(round);
    }
    return summarise(nodes, counted);
  } finally {
    await lab.down();
  }
};

/** One turn of each way, or null when one of them failed: then none of them is counted. */
async function tryRound(lab: Lab, at: number, run: BenchRun): Promise<Round | null> {
  const seconds: Record<WayName, number> = { floor: NaN, overSsh: NaN, flotilla: NaN, shell: NaN };
  let extras: FlotillaExtras | null = null;
  const first = at % wayNames.length;
  for (const name of [...wayNames.slice(first), ...wayNames.slice(0, first)]) {
    run.signal.throwIfAborted();
    try {
      await lab.renew();
      const turn = await takeTurn(lab, name, run.signal);
      seconds[name] = turn.seconds;
      extras = turn.extras ?? extras;
      run.say(
        `round ${at + 1}  ${name.padEnd(8)}  ${turn.seconds.toFixed(3)} s  (machine ${percent(turn.busy)} busy before)`,
      );
    } catch (error) {
      run.signal.throwIfAborted();
      run.say(`round ${at + 1}  ${name} failed, the round is not counted: ${String(error)}`);
      return null;
    }
  }
  return extras === null ? null : { seconds, extras };
}

const percent = (share: number): string => `${rounded(share * 100, 0)}%`;

interface Turn {
  seconds: number;
  busy: number;
  extras: FlotillaExtras | null;
}

async function takeTurn(lab: Lab, name: WayName, signal: AbortSignal): Promise<Turn> {
  const timed = async (prepared: Prepared): Promise<Omit<Turn, 'extras'>> => {
    const busy = await quiet(signal);
    const seconds = await secondsOf(prepared.form);
    await namesResolve(lab);
    return { busy, seconds };
  };
  if (name === 'flotilla') {
    const prepared = await prepareFlotilla(lab);
    try {
      return { ...(await timed(prepared)), extras: await prepared.extras() };
    } finally {
      await prepared.close();
    }
  }
  const prepared = await { floor: prepareFloor, overSsh: prepareOverSsh, shell: prepareShell }[name](lab);
  try {
    return { ...(await timed(prepared)), extras: null };
  } finally {
    await prepared.close();
  }
}
