import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupOf } from './paths.ts';
import { until } from './wait.ts';

/** Mount points of every cgroup hierarchy, version 1 or 2. */
async function hierarchies(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts
    .filter((fields) => /^cgroup2?$/.test(fields[fields.indexOf('-') + 1] ?? ''))
    .map((fields) => fields[4] ?? '');
}

/** Cgroup directories of a lab, the deepest first; of all labs without an id. */
export async function cgroupFolders(id?: string): Promise<string[]> {
  const name = id === undefined ? '/flotilla-lab' : cgroupOf(id);
  const tops = (await hierarchies()).map((mount) => join(mount, name));
  return (await Promise.all(tops.map(foldersBelow))).flat();
}

/** Removes a lab's cgroups; its processes may need a moment to leave them. */
export async function removeCgroups(id: string): Promise<void> {
  await until("the lab's cgroups are empty", async () => {
    for (const folder of await cgroupFolders(id)) await rmdir(folder).catch(() => undefined);
    return (await cgroupFolders(id)).length === 0;
  });
  // The folder of all labs goes with the last one.
  for (const mount of await hierarchies()) await rmdir(join(mount, 'flotilla-lab')).catch(() => undefined);
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [];
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => foldersBelow(join(folder, entry.name)));
  return [...(await Promise.all(below)).flat(), folder];
}
