import { openHost } from './host/open.ts';
import { stopHosts } from './host/stop.ts';
import { makeLab, startHosts } from './make.ts';
import { neighboursWarning } from './network/neighbours.ts';
import { addressesOf } from './network/subnet.ts';
import { labPaths } from './paths.ts';
import { isWhole, register } from './register.ts';
import { checkMachine } from './requirements.ts';
import { rootFor } from './root/build.ts';
import { readRecord, writeRecord } from './state.ts';
import type { LabRecord } from './state.ts';
import { takeDown } from './take-down.ts';
import { LabRefusal } from './types.ts';
import type { EngineName } from './root/release.ts';
import type { Lab, LabOptions } from './types.ts';

const hostsMax = 200;

/**
 * Makes a lab: N hosts with sshd and a fresh dockerd each, and a registry that has `nginx` and `busybox`.
 * What is left of a lab of that id whose maker died is cleared first; one that is up is refused (see `openLab`).
 * When something fails half way, all is taken down again. Throws LabRefusal where a lab cannot be.
 */
export async function createLab(options: LabOptions = {}): Promise<Lab> {
  const { id = 'default', log = () => undefined } = options;
  const engines = enginesOf(options);
  checkId(id);
  await checkMachine(log);
  const warning = await neighboursWarning(engines.length);
  if (warning !== null) log(warning);
  const roots = new Map(
    await Promise.all([...new Set(engines)].map(async (engine) => [engine, await rootFor(engine, log)] as const)),
  );
  const record = await register(
    id,
    engines.map((engine, at) => ({ name: `h${at + 1}`, index: at + 1, engine, root: roots.get(engine) ?? '', pid: 0 })),
  );
  try {
    await makeLab(record);
  } catch (error) {
    await takeDown(id).catch((second: unknown) => {
      throw new AggregateError([error, second], `Lab ${id} could neither be made nor taken down: ${String(error)}`);
    });
    throw error;
  }
  return asLab(record);
}

/** The lab of that id when it is up, whoever made it. */
export async function openLab(id = 'default'): Promise<Lab | undefined> {
  const record = await readRecord(id);
  return record?.state === 'up' && (await isWhole(record)) ? asLab(record) : undefined;
}

function enginesOf({ hosts = 3, engine = '20.10', engines }: LabOptions): EngineName[] {
  const wanted = engines ?? Array.from({ length: Math.max(0, Math.min(hosts, hostsMax + 1)) }, () => engine);
  if (wanted.length >= 1 && wanted.length <= hostsMax) return wanted;
  throw new LabRefusal(`A lab has 1 to ${hostsMax} hosts: choose another number.`);
}

function checkId(id: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,23}$/.test(id)) return;
  throw new LabRefusal(`"${id}" is no lab id: use up to 24 small letters, digits and dashes.`);
}

function asLab(record: LabRecord): Lab {
  const { gateway, registry, privateRegistry, subnet } = addressesOf(record.number);
  const hosts = record.hosts.map((host) => openHost(record, host));
  const down = (): Promise<void> => takeDown(record.id);
  return {
    id: record.id,
    gateway,
    registry,
    privateRegistry,
    subnet,
    sshKeyFile: labPaths(record.id).sshKey,
    hosts,
    host(name) {
      const found = hosts.find((host) => host.name === name);
      if (found === undefined)
        throw new LabRefusal(`Lab ${record.id} has no host ${name}, only h1 to h${hosts.length}.`);
      return found;
    },
    async renew() {
      await Promise.all(hosts.map((host) => host.heal()));
      await stopHosts(record);
      await startHosts(record);
      await writeRecord(record);
    },
    down,
    [Symbol.asyncDispose]: down,
  };
}
