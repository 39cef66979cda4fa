import { findingOf } from '../causes/finding-of.ts';
import { type CauseId, isCauseId } from '../causes/catalogue.ts';
import type { Finding } from '../finding.ts';
import { innerInterface } from '../plan/addresses.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { EngineSide, SystemSide } from '../preflight/facts.ts';

/** What is wrong with machines: their clocks, their disks, and those that are copies of each other. */
export const hostFindings = (evidence: PreflightEvidence): Finding[] => [
  ...clockFindings(evidence),
  ...diskFindings(evidence),
  ...cloneFindings(evidence),
];

interface Seen {
  name: string;
  system: SystemSide | null;
  engine: EngineSide | null;
}

const seenHosts = ({ hosts, facts }: PreflightEvidence): Seen[] =>
  hosts.map(({ name }) => {
    const own = facts[name];
    return {
      name,
      system: own?.system.known === true ? own.system.value : null,
      engine: own?.engine.known === true ? own.engine.value : null,
    };
  });

const skewWarnMs = 5000;
const skewErrorMs = 300_000;

/** Against the median, so that one wrong clock is the wrong one. */
function clockFindings(evidence: PreflightEvidence): Finding[] {
  const clocks = seenHosts(evidence).flatMap(({ name, system }) =>
    system?.clockOffsetMs.known === true ? [{ name, ms: system.clockOffsetMs.value }] : [],
  );
  const median = medianOf(clocks.map(({ ms }) => ms));
  const wrong = clocks
    .map((clock) => ({ ...clock, ms: clock.ms - median }))
    .filter(({ ms }) => Math.abs(ms) > skewWarnMs);
  return wrong.map(({ name, ms }) => {
    const seconds = Math.round(Math.abs(ms) / 1000);
    const way = ms > 0 ? 'ahead of' : 'behind';
    return findingOf('clock-skew', {
      message: `The clock of ${name} is ${seconds} s ${way} the others.`,
      hosts: [name],
      severity: Math.abs(ms) > skewErrorMs ? 'error' : 'warning',
      evidence: clocks.map((clock) => `${clock.name}: ${((clock.ms - median) / 1000).toFixed(1)} s from the median`),
    });
  });
}

/** With two hosts the worker's own clock breaks the tie: the median is between them only when there are more. */
function medianOf(values: readonly number[]): number {
  const sorted = (values.length === 2 ? [...values, 0] : [...values]).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const bytesNeeded = 200_000_000;

function diskFindings(evidence: PreflightEvidence): Finding[] {
  return seenHosts(evidence).flatMap(({ name, system }) => {
    const disk = system?.disk.known === true ? system.disk.value : null;
    const refused = evidence.unprobed[name]?.message ?? '';
    const isFull = disk !== null && disk.freeBytes < bytesNeeded;
    if (!isFull && !/no space left|disk quota/i.test(refused)) return [];
    const seen = disk === null ? [] : [`${name}: ${Math.round(disk.freeBytes / 1e6)} MB are free on ${disk.path}`];
    return [findingOf('disk-full', { hosts: [name], evidence: [...seen, ...(refused === '' ? [] : [refused])] })];
  });
}

interface Mark {
  id: CauseId;
  what: string;
  of: (host: Seen) => readonly (string | null | undefined)[];
}

/** Marks that no two machines may share, the one that explains the others first. */
const marks: Mark[] = [
  { id: 'cloned-swarm-state', what: 'NodeID', of: ({ engine }) => [engine?.facts.swarm.nodeId] },
  {
    id: 'same-machine-id',
    what: 'machine-id',
    of: ({ system }) => [system?.machineId.known ? system.machineId.value : null],
  },
  { id: 'same-engine-id', what: 'engine ID', of: ({ engine }) => [engine?.facts.engineId] },
  { id: 'same-mac', what: 'MAC address', of: ({ system }) => macsOf(system) },
  { id: 'same-hostname', what: 'hostname', of: ({ engine, system }) => [engine?.facts.hostname ?? system?.hostname] },
];

/** A machine that is a copy has several marks of another one: they are one finding and what follows from it. */
function cloneFindings(evidence: PreflightEvidence): Finding[] {
  const seen = seenHosts(evidence);
  const found: Finding[] = [];
  for (const { id, what, of } of marks) {
    const held = seen.flatMap((host) => of(host).flatMap((mark) => (mark ? [{ mark, name: host.name }] : [])));
    for (const [mark, holders] of Map.groupBy(held, (one) => one.mark)) {
      const hosts = [...new Set(holders.map(({ name }) => name))];
      if (hosts.length < 2) continue;
      const parent = found.find((one) => hosts.every((host) => one.hosts.includes(host)));
      const told = { hosts, evidence: [`${hosts.join(' and ')} have the ${what} ${mark}`] };
      found.push(
        findingOf(id, parent !== undefined && isCauseId(parent.id) ? { ...told, consequenceOf: parent.id } : told),
      );
    }
  }
  return found;
}

/** Of cards and cables; bridges and tunnels make up their own. */
function macsOf(system: SystemSide | null): string[] {
  if (system?.links.known !== true) return [];
  return system.links.value.flatMap(({ mac, kind, iface }) =>
    mac === null || kind === 'bridge' || innerInterface.test(iface) ? [] : [mac],
  );
}
