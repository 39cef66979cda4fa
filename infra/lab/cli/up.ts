import { parseArgs } from 'node:util';
import { createLab, openLab } from '../lab.ts';
import { leftovers } from '../leftovers.ts';
import { type EngineName, engineNames, isEngineName } from '../root/release.ts';
import { takeDown } from '../take-down.ts';
import { LabRefusal } from '../types.ts';
import { withId } from './lab-of.ts';
import { describe, statusOf } from './status.ts';

/** `up [N] [--engine E[:COUNT]]…`: what is up already is said and left alone. */
export async function upCommand(args: string[]): Promise<number> {
  const options = { ...withId, engine: { type: 'string', multiple: true } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { id, engine: names = [] } = values;
  const engines = enginesOf(positionals[0], names);
  const present = await openLab(id);
  if (present !== undefined) {
    const has = present.hosts.map((host) => host.engine);
    const isWhatIsThere = positionals.length === 0 && names.length === 0;
    if (!isWhatIsThere && has.join() !== engines.join()) {
      throw new LabRefusal(`Lab ${id} is up with ${has.join(', ')}: take it down first, or choose another --id.`);
    }
    console.log(`Lab ${id} is up already.`);
  } else {
    await make(id, engines);
  }
  console.log(describe(await statusOf(id)));
  return 0;
}

async function make(id: string, engines: EngineName[]): Promise<void> {
  const stop = (signal: NodeJS.Signals): void => {
    console.error(`lab: stopped by ${signal}, taking ${id} down`);
    void clear(id).finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const start = performance.now();
  await createLab({ id, engines, log: console.log });
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  console.log(`Lab ${id} is up after ${((performance.now() - start) / 1000).toFixed(1)} s.`);
}

/** What is being made goes on for a moment while we clear, so it may take more than one go. */
async function clear(id: string): Promise<void> {
  for (let goes = 0; goes < 5; goes += 1) {
    await takeDown(id);
    if ((await leftovers(id)).length === 0) return;
  }
}

/** `20.10:2` gives two; without a count the number of hosts decides, which one name alone may leave to it. */
function enginesOf(count: string | undefined, names: string[]): EngineName[] {
  if (count !== undefined && !/^\d+$/.test(count)) throw new LabRefusal(`"${count}" is no number of hosts.`);
  const all = names.map((name) => {
    const [engine = '', times] = name.split(':');
    if (!isEngineName(engine) || (times !== undefined && !/^\d+$/.test(times))) {
      throw new LabRefusal(`"${name}" is no engine: say ${engineNames.join(', ')}, with :COUNT if you like.`);
    }
    return { engine, times: times === undefined ? undefined : Number(times) };
  });
  const [only] = all;
  if (only === undefined || (all.length === 1 && only.times === undefined)) {
    return repeat(only?.engine ?? '20.10', Number(count ?? 3));
  }
  const engines = all.flatMap(({ engine, times = 1 }) => repeat(engine, times));
  if (count !== undefined && engines.length !== Number(count)) {
    throw new LabRefusal(`--engine names ${engines.length} hosts and not ${count}: leave the number away.`);
  }
  return engines;
}

const repeat = (engine: EngineName, times: number): EngineName[] => Array.from({ length: times }, () => engine);
