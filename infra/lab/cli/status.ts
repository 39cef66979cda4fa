import type { ActiveFault } from '../faults/types.ts';
import { activeFaults } from '../faults/inject.ts';
import { engineAnswers } from '../host/ready.ts';
import { socketOf } from '../host/engine.ts';
import { addressesOf } from '../network/subnet.ts';
import { labPaths } from '../paths.ts';
import { startOf } from '../process.ts';
import { hostLives } from '../register.ts';
import { readRecord } from '../state.ts';
import type { EngineName } from '../root/release.ts';

export interface LabStatus {
  id: string;
  /** `broken`: hosts are gone, or its maker died before it was up; `down` clears it. */
  state: 'up' | 'starting' | 'broken' | 'absent';
  subnet: string;
  registry: string;
  sshKeyFile: string;
  hosts: HostStatus[];
}

interface HostStatus {
  name: string;
  address: string;
  engine: EngineName;
  state: 'up' | 'engine does not answer' | 'gone';
  socketPath: string;
  faults: ActiveFault[];
}

/** What is there of a lab now, asked of its processes and engines. */
export async function statusOf(id: string): Promise<LabStatus> {
  const record = await readRecord(id).catch(() => undefined);
  const sshKeyFile = labPaths(id).sshKey;
  if (record === undefined) return { id, state: 'absent', subnet: '', registry: '', sshKeyFile, hosts: [] };
  const { subnet, registry, host: addressOf } = addressesOf(record.number);
  const hosts = await Promise.all(
    record.hosts.map(async (host): Promise<HostStatus> => {
      const runs = await hostLives(record, host);
      const answers = runs && (await engineAnswers(socketOf(host.pid)));
      return {
        name: host.name,
        address: addressOf(host.index),
        engine: host.engine,
        state: answers ? 'up' : runs ? 'engine does not answer' : 'gone',
        socketPath: socketOf(host.pid),
        faults: await activeFaults({ lab: record, host }),
      };
    }),
  );
  const makerLives = startOf(record.maker.pid) === record.maker.start;
  const isWhole = record.state === 'up' && hosts.every((host) => host.state !== 'gone');
  const state = isWhole ? 'up' : record.state === 'starting' && makerLives ? 'starting' : 'broken';
  return { id, state, subnet, registry, sshKeyFile, hosts };
}

/** For people. */
export function describe(lab: LabStatus): string {
  if (lab.state === 'absent') return `There is no lab ${lab.id}.`;
  const rows = lab.hosts.map((host) => {
    const faults = host.faults.map(faultText).join('; ');
    return [host.name, host.address, `engine ${host.engine}`, host.state, faults === '' ? '' : `faults: ${faults}`];
  });
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  return [
    `lab ${lab.id}: ${lab.state}, ${lab.subnet}, registry ${lab.registry}`,
    ...lines.map((line) => `  ${line.trimEnd()}`),
    `  ssh -i ${lab.sshKeyFile} root@${lab.hosts[0]?.address ?? ''}`,
  ].join('\n');
}

/** As it was asked for: `vxlan --direction out --peer h2 --reject`. */
const faultText = ({ name, options }: ActiveFault): string =>
  [name, ...Object.entries(options).map(([flag, value]) => (value === true ? `--${flag}` : `--${flag} ${value}`))].join(
    ' ',
  );
