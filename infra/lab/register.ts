import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { withLock } from './lock.ts';
import { claimSubnet } from './network/subnet.ts';
import { hostPaths, labPaths } from './paths.ts';
import { startOf } from './process.ts';
import { readRecord, writeRecord } from './state.ts';
import type { HostRecord, LabRecord } from './state.ts';
import { takeDown } from './take-down.ts';
import { LabRefusal } from './types.ts';

/**
 * Makes a lab known, with its own subnet, before anything of it is made, so that what a killed maker left can be found.
 * Clears what is there of a lab of that id, unless it is up or being made: that is refused.
 */
export function register(id: string, hosts: HostRecord[]): Promise<LabRecord> {
  return withLock(`register ${id}`, async () => {
    const before = await readRecord(id).catch(() => undefined);
    if (before !== undefined && (await isHeld(before))) {
      throw new LabRefusal(
        `Lab ${id} is ${before.state}: take it down first (npm run lab -- down --id ${id}) or choose another id.`,
      );
    }
    if (existsSync(labPaths(id).folder)) await takeDown(id);
    return withLock('labs folder', async () => {
      await mkdir(labPaths(id).folder, { recursive: true });
      const maker = { pid: process.pid, start: startOf(process.pid) ?? 0 };
      const record: LabRecord = { id, number: await claimSubnet(id), state: 'starting', maker, hosts };
      await writeRecord(record);
      return record;
    });
  });
}

/** Up with all its hosts, or being made by a process that lives. */
const isHeld = async (record: LabRecord): Promise<boolean> =>
  record.state === 'up' ? isWhole(record) : startOf(record.maker.pid) === record.maker.start;

/** Whether pid 1 of every host lives. A pid may come again, so it counts only in the host's own network namespace. */
export async function isWhole(record: LabRecord): Promise<boolean> {
  const lives = await Promise.all(record.hosts.map((host) => hostLives(record, host)));
  return !lives.includes(false);
}

export async function hostLives(lab: LabRecord, host: HostRecord): Promise<boolean> {
  const files = [`/proc/${host.pid}/ns/net`, hostPaths(labPaths(lab.id), host.name).namespace];
  const [one, other] = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const isSame = one !== undefined && one.dev === other?.dev && one.ino === other.ino;
  return isSame && startOf(host.pid) !== undefined;
}
