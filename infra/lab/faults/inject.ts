import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execIn } from '../host/engine.ts';
import { withLock } from '../lock.ts';
import { addressesOf } from '../network/subnet.ts';
import { hostPaths, labPaths } from '../paths.ts';
import { run } from '../run.ts';
import type { HostRecord, LabRecord } from '../state.ts';
import { LabRefusal } from '../types.ts';
import type { ExecResult } from '../run.ts';
import { faults, isFaultName } from './catalogue.ts';
import type { ActiveFault, FaultSite } from './types.ts';

interface Place {
  lab: LabRecord;
  host: HostRecord;
}

const fileOf = ({ lab, host }: Place): string => join(hostPaths(labPaths(lab.id), host.name).folder, 'faults.json');

const lockOf = ({ lab, host }: Place): string => `faults ${lab.id} ${host.name}`;

/** Faults that a host has, oldest first. */
export async function activeFaults(place: Place): Promise<ActiveFault[]> {
  const text = await readFile(fileOf(place), 'utf8').catch(() => '[]');
  const found: unknown = JSON.parse(text);
  // The file is written below and nowhere else.
  return Array.isArray(found) ? (found as ActiveFault[]).filter((fault) => isFaultName(fault.name)) : [];
}

/** Makes a fault and remembers it; one that is there already stays as it is. Half-made, it is undone again. */
export async function inject(place: Place, fault: ActiveFault): Promise<void> {
  const kind = faults[fault.name];
  check(place, fault);
  await withLock(lockOf(place), async () => {
    const before = await activeFaults(place);
    if (before.some((each) => isSame(each, fault))) return;
    await remember(place, [...before, fault]);
    try {
      const site = siteAt(place, [...before, fault]);
      await kind.inject(site, fault.options);
      if (kind.isThere !== undefined && !(await kind.isThere(site, fault.options)))
        throw new Error(`${fault.name} was made on ${place.host.name}, and is not there`);
    } catch (error) {
      await kind.heal(siteAt(place, before), fault.options).catch(() => undefined);
      await remember(place, before);
      throw error;
    }
  });
}

/** Undoes every fault of the host (or those of one name), the newest first. */
export async function heal(place: Place, name?: string): Promise<void> {
  await withLock(lockOf(place), async () => {
    let left = await activeFaults(place);
    for (const fault of left.toReversed().filter((each) => name === undefined || each.name === name)) {
      left = left.filter((each) => each !== fault);
      const site = siteAt(place, left);
      await faults[fault.name].heal(site, fault.options);
      await remember(place, left);
      await seeGone(site, fault);
    }
  });
}

/** Another fault may still do the same; without one it must be gone. */
async function seeGone(site: FaultSite, { name, options }: ActiveFault): Promise<void> {
  const isThere = site.active.length === 0 && (await faults[name].isThere?.(site, options));
  if (isThere) throw new Error(`${name} was healed on ${site.host.name}, and is still there`);
}

const isSame = (one: ActiveFault, other: ActiveFault): boolean =>
  one.name === other.name && JSON.stringify(one.options) === JSON.stringify(other.options);

async function remember(place: Place, active: ActiveFault[]): Promise<void> {
  const file = fileOf(place);
  await (active.length === 0 ? rm(file, { force: true }) : writeFile(file, JSON.stringify(active)));
}

function check({ lab, host }: Place, { name, options }: ActiveFault): void {
  const { reads, needs = [] } = faults[name];
  const missing = needs.filter((option) => options[option] === undefined);
  if (missing.length > 0) throw new LabRefusal(`The fault ${name} needs --${missing.join(' and --')}.`);
  const unread = Object.keys(options).filter((option) => !reads.some((known) => known === option));
  if (unread.length > 0) throw new LabRefusal(`The fault ${name} does not know --${unread.join(' or --')}.`);
  if (options.peer === host.name) throw new LabRefusal(`${host.name} is no peer of itself: name another host.`);
  if (options.peer !== undefined) hostNamed(lab, options.peer);
}

function hostNamed(lab: LabRecord, name: string): HostRecord {
  const found = lab.hosts.find((host) => host.name === name);
  if (found === undefined) throw new LabRefusal(`Lab ${lab.id} has no host ${name}.`);
  return found;
}

function siteAt({ lab, host }: Place, active: ActiveFault[]): FaultSite {
  const { switchNamespace } = labPaths(lab.id);
  return {
    lab,
    host,
    active,
    ask: (argv) => execIn(host.pid, argv),
    inHost: async (argv, options) => ok(argv, await execIn(host.pid, argv, options)),
    inSwitch: async (argv) => ok(argv, await run(['nsenter', `--net=${switchNamespace}`, ...argv])),
    onMachine: async (argv) => ok(argv, await run(argv)),
    at: (name) => siteAt({ lab, host: hostNamed(lab, name) }, []),
    addressOf: (name) => addressesOf(lab.number).host(hostNamed(lab, name).index),
    fileOf: (name, path) => readFile(`/proc/${hostNamed(lab, name).pid}/root${path}`, 'utf8'),
  };
}

function ok(argv: string[], result: ExecResult): ExecResult {
  if (result.code === 0) return result;
  throw new Error(`${argv.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
}
