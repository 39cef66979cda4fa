import { parseArgs } from 'node:util';
import { isFaultName } from '../faults/catalogue.ts';
import type { FaultOptions } from '../faults/types.ts';
import { LabRefusal } from '../types.ts';
import { labOf, withId } from './lab-of.ts';
import { usage } from './usage.ts';

/** `fault NAME HOST [options]`; without a name it lists what can be broken. */
export async function faultCommand(args: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...withId,
      direction: text,
      peer: text,
      reject: { type: 'boolean' },
      port: text,
      size: text,
      path: text,
      cidr: text,
      seconds: text,
      network: text,
      service: text,
    },
  });
  const [name, hostName] = positionals;
  if (name === undefined) {
    console.log(usage('fault'));
    return 0;
  }
  if (!isFaultName(name)) throw new LabRefusal(`There is no fault "${name}": fault --help lists them.`);
  if (hostName === undefined) throw new LabRefusal(`On which host? Say: fault ${name} h1.`);
  const { id, direction, size, seconds, ...rest } = values;
  const lab = await labOf(id);
  const options: FaultOptions = { ...rest, ...directionOf(direction), ...sizeOf(size), ...secondsOf(seconds) };
  await lab.host(hostName).fault(name, options);
  console.log(`${hostName}: ${name}`);
  return 0;
}

function directionOf(text: string | undefined): Pick<FaultOptions, 'direction'> {
  if (text === undefined) return {};
  if (text === 'in' || text === 'out' || text === 'both') return { direction: text };
  throw new LabRefusal(`"${text}" is no direction: say in, out or both.`);
}

function sizeOf(text: string | undefined): Pick<FaultOptions, 'size'> {
  if (text === undefined) return {};
  const size = Number(text);
  if (Number.isInteger(size) && size >= 576 && size <= 1500) return { size };
  throw new LabRefusal(`"${text}" is no size: say 576 to 1500 bytes.`);
}

function secondsOf(text: string | undefined): Pick<FaultOptions, 'seconds'> {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds !== 0) return { seconds };
  throw new LabRefusal(`"${text}" is no number of seconds: say 900 or -900.`);
}
