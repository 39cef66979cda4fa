import { mkdir, statfs } from 'node:fs/promises';
import { waitForEngine } from './host/engine.ts';
import { sshGreets } from './host/ready.ts';
import { startHost } from './host/start.ts';
import { makeNamespace, makeSwitch } from './network/links.ts';
import { addressesOf } from './network/subnet.ts';
import { hostPaths, labPaths } from './paths.ts';
import { must } from './run.ts';
import { writeRecord } from './state.ts';
import type { HostRecord, LabRecord } from './state.ts';
import { makeCertificate } from './supply/certificate.ts';
import { imagesFrom } from './supply/image.ts';
import { pushImage } from './supply/push.ts';
import { startRegistry } from './supply/registry.ts';
import { allSettled, explainedBy, until } from './wait.ts';

/** Makes what a record says, hosts and registry at the same time, and marks it as up. */
export async function makeLab(record: LabRecord): Promise<void> {
  const paths = labPaths(record.id);
  await mkdir(paths.namespaces, { recursive: true });
  await provideDisk(paths.hosts);
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `flotilla-lab-${record.id}`, '-f', paths.sshKey]);
  await makeCertificate(record.hosts[0]?.root ?? '', paths.registry);
  await makeNamespace(paths.switchNamespace);
  await makeSwitch({ id: record.id, number: record.number, namespace: paths.switchNamespace });
  await allSettled([startHosts(record), supply(record)]);
  record.state = 'up';
  await writeRecord(record);
}

/** Starts all hosts at once, notes their pids, and waits until each one's sshd and engine answer. */
export const startHosts = (record: LabRecord): Promise<void> =>
  allSettled(record.hosts.map((host) => startAndWait(record, host)));

async function startAndWait(record: LabRecord, host: HostRecord): Promise<void> {
  const paths = hostPaths(labPaths(record.id), host.name);
  const address = addressesOf(record.number).host(host.index);
  host.pid = await explainedBy(paths.bootLog, startHost(record, host));
  await explainedBy(
    paths.bootLog,
    until(`${host.name}'s sshd answers`, () => sshGreets(address, 22)),
  );
  await explainedBy(paths.engineLog, waitForEngine(host.pid));
}

/** Hosts' disks cannot lie on an overlay, as they would inside a container: then they are in memory. */
async function provideDisk(folder: string): Promise<void> {
  const overlayMagic = 0x794c7630;
  await mkdir(folder, { recursive: true });
  if ((await statfs(folder)).type === overlayMagic) await must(['mount', '-t', 'tmpfs', 'flotilla-lab', folder]);
}

async function supply(record: LabRecord): Promise<void> {
  const root = record.hosts[0]?.root ?? '';
  const paths = labPaths(record.id);
  const { switchAddress, registry } = addressesOf(record.number);
  const images = await imagesFrom(root);
  await startRegistry({ folder: paths.registry, root, namespace: paths.switchNamespace, address: switchAddress });
  for (const image of images) await pushImage(registry, image);
}
