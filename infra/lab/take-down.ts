import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeCgroups } from './cgroups.ts';
import { endNamespaces } from './host/stop.ts';
import { withLock } from './lock.ts';
import { machineLinks } from './network/links.ts';
import { releaseSubnets } from './network/subnet.ts';
import { labPaths, labsFolder } from './paths.ts';
import { startOf } from './process.ts';
import { run } from './run.ts';
import { readRecord } from './state.ts';
import { LabRefusal } from './types.ts';

/**
 * Takes a lab down from what its folder says, whatever state its maker left it in. Nothing there: nothing happens.
 * Throws LabRefusal while another process is making it.
 */
export async function takeDown(id: string): Promise<void> {
  const paths = labPaths(id);
  if (existsSync(paths.folder)) await refuseWhileMade(id);
  const names = await readdir(paths.namespaces).catch(() => []);
  await endNamespaces(names.map((name) => join(paths.namespaces, name)));
  for (const link of await machineLinks(id)) await run(['ip', 'link', 'del', link]);
  await removeCgroups(id);
  await run(['umount', '--lazy', '--quiet', paths.hosts]);
  await rm(paths.folder, { recursive: true, force: true });
  await withLock('labs folder', async () => {
    await releaseSubnets(id);
    // The folders of all labs go with the last one.
    for (const folder of [dirname(paths.folder), join(labsFolder(), 'subnets'), labsFolder()]) {
      await rmdir(folder).catch(() => undefined);
    }
  });
}

/** Who is still at making this lab would go on behind our back. */
async function refuseWhileMade(id: string): Promise<void> {
  const record = await readRecord(id).catch(() => undefined);
  if (record?.state !== 'starting' || record.maker.pid === process.pid) return;
  const { pid, start } = record.maker;
  if (startOf(pid) !== start) return;
  throw new LabRefusal(`Lab ${id} is being made by process ${pid}: wait for that, or end it, and try again.`);
}
