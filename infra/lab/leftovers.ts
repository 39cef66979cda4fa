import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupFolders } from './cgroups.ts';
import { machineLinks } from './network/links.ts';
import { subnetClaims } from './network/subnet.ts';
import { labPaths } from './paths.ts';

/**
 * What is there of a lab, one line each: its folder, mounts, links, cgroups, claims, and processes that run on its
 * disks. Found by looking at the machine and not at what the lab has written down, so that a test can trust it.
 */
export async function leftovers(id: string): Promise<string[]> {
  const { folder } = labPaths(id);
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  const claims = await subnetClaims();
  return [
    ...(existsSync(folder) ? [`folder ${folder}`] : []),
    ...mounts.filter((mount) => mount.startsWith(`${folder}/`)).map((mount) => `mount ${mount}`),
    ...(await machineLinks(id)).map((link) => `link ${link}`),
    ...(await cgroupFolders(id)).map((path) => `cgroup ${path}`),
    ...claims.filter((claim) => claim.owner === id).map((claim) => `claim ${claim.file}`),
    ...processesOn(folder).map((pid) => `process ${pid}`),
  ];
}

/** Processes whose own mounts are made of the lab's folder, as those of every host and of the registry are. */
function processesOn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => mountsOf(pid).some((line) => isOn(line, folder)));
}

/** A mount of mountinfo: its source inside the file system is field 4, options of an overlay come last. */
function isOn(line: string, folder: string): boolean {
  const [, , , source = '', at = ''] = line.split(' ');
  if (line.includes(`upperdir=${folder}/`)) return true;
  return (source === join(folder, 'registry') || source.startsWith(`${folder}/hosts/`)) && !at.startsWith(folder);
}

function mountsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  } catch {
    return [];
  }
}
