import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from '../cgroups.ts';
import { hostPaths, labPaths } from '../paths.ts';
import { kill, processesIn } from '../process.ts';
import { run } from '../run.ts';
import type { LabRecord } from '../state.ts';
import { until } from '../wait.ts';

/** Ends all hosts and empties their engines' data; keys and machine-ids stay, as on a host that gets Docker anew. */
export async function stopHosts(lab: LabRecord): Promise<void> {
  const all = lab.hosts.map((host) => hostPaths(labPaths(lab.id), host.name));
  await endNamespaces(all.map((paths) => paths.namespace));
  await removeCgroups(lab.id);
  const emptied = ['docker', 'work', 'upper/etc/docker', 'upper/var/log', 'upper/var/lib'];
  await Promise.all(
    all.flatMap((paths) => emptied.map((name) => rm(join(paths.folder, name), { recursive: true, force: true }))),
  );
}

/** Kills every process in these network namespaces, waits until they are gone, and lets the namespaces go. */
export async function endNamespaces(files: string[]): Promise<void> {
  const inodes = await Promise.all(files.map(inodeOf));
  const namespaces = new Set(inodes.filter((inode) => inode !== undefined));
  if (namespaces.size > 0) {
    await until("the lab's processes end", () => {
      const left = processesIn(namespaces);
      for (const pid of left) kill(pid);
      return left.length === 0;
    });
  }
  for (const file of files) {
    await run(['umount', '--lazy', file]);
    await rm(file, { force: true });
  }
}

/** The inode that names a namespace, when a namespace is mounted there. */
async function inodeOf(file: string): Promise<number | undefined> {
  const [found, folder] = await Promise.all(
    [stat(file), stat(join(file, '..'))].map((each) => each.catch(() => undefined)),
  );
  return found === undefined || found.dev === folder?.dev ? undefined : found.ino;
}
