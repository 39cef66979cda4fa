import { mapsIn, valueAt } from '../map.ts';
import { durationText, nanosecondsOf } from '../spec/duration.ts';
import type { Runtime } from '../spec/runtime.ts';
import {
  choicePart,
  durationPart,
  flagPart,
  listPart,
  mapParts,
  memberPart,
  scalarPart,
  setPart,
  textsOf,
} from './parts.ts';
import { capabilityValues, healthValue, hostValues, ulimitValues } from './runtime-values.ts';
import type { Field, Parts } from './service-field.ts';

type RuntimeField = Field<Runtime>;
const container = ['TaskTemplate', 'ContainerSpec'];

/** A key right below the service whose value has its own place in the ContainerSpec. */
const field = <K extends keyof Runtime>(
  key: K,
  at: readonly string[],
  parts: RuntimeField['parts'],
  write: (value: NonNullable<Runtime[K]>) => unknown = (value) => value,
): RuntimeField => ({
  key,
  at: [...container, ...at],
  wanted: (spec) => {
    const value = spec[key];
    return value === undefined || value === null ? undefined : write(value);
  },
  parts,
});

const capabilitySet = setPart((name) => name.toUpperCase().replace(/^CAP_/, ''));

/** `10.0.0.1 db` of the engine, which may have several names, as `db=10.0.0.1`. */
const hostSet = setPart((line) => {
  const [address = '', ...names] = line.split(/\s+/);
  return names.map((name) => `${name}=${address}`);
});

/** How the process of a task or of a container runs; `at` is where a service has it. */
export const runtimeFields: readonly RuntimeField[] = [
  { ...field('healthcheck', ['Healthcheck'], healthParts, healthValue), isUntold: (part) => part === 'test' },
  field('init', ['Init'], choicePart),
  field('read_only', ['ReadOnly'], flagPart),
  field('tty', ['TTY'], flagPart),
  field('stdin_open', ['OpenStdin'], flagPart),
  field('stop_grace_period', ['StopGracePeriod'], durationPart, nanosecondsOf),
  field('stop_signal', ['StopSignal'], scalarPart),
  field('cap_add', ['CapabilityAdd'], capabilitySet, capabilityValues),
  field('cap_drop', ['CapabilityDrop'], capabilitySet, capabilityValues),
  field('sysctls', ['Sysctls'], mapParts),
  field('ulimits', ['Ulimits'], ulimitParts, ulimitValues),
  field('extra_hosts', ['Hosts'], hostSet, (hosts) => hostValues(hosts, (name, address) => `${address} ${name}`)),
  field('dns', ['DNSConfig', 'Nameservers'], listPart),
  field('dns_search', ['DNSConfig', 'Search'], listPart),
  field('dns_opt', ['DNSConfig', 'Options'], setPart()),
  field('group_add', ['Groups'], setPart()),
  {
    key: 'logging',
    at: ['TaskTemplate', 'LogDriver'],
    wanted: ({ logging }) => logging && { Name: logging.driver ?? '', Options: logging.options ?? {} },
    parts: (value) => ({ ...memberPart(value, 'Name', { as: 'driver' }), ...optionParts(value) }),
    isUntold: (part) => part !== 'driver',
  },
];

function healthParts(value: unknown): Parts {
  const test = textsOf(valueAt(value, ['Test']));
  if (test[0] === 'NONE') return { '': 'disabled' };
  return {
    ...(test.length === 0 ? {} : { test: JSON.stringify(test) }),
    ...memberPart(value, 'Interval', { as: 'interval', show: durationText }),
    ...memberPart(value, 'Timeout', { as: 'timeout', show: durationText }),
    ...memberPart(value, 'Retries', { as: 'retries' }),
    ...memberPart(value, 'StartPeriod', { as: 'start_period', show: durationText }),
  };
}

function ulimitParts(value: unknown): Parts {
  return Object.fromEntries(
    mapsIn(value).map(({ Name, Soft = 0, Hard = 0 }) => [
      String(Name),
      Soft === Hard ? String(Soft) : `${String(Soft)}:${String(Hard)}`,
    ]),
  );
}

const optionParts = (value: unknown): Parts => mapParts(valueAt(value, ['Options']));
