import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNamespace, plugHost, unplugHost } from '../network/links.ts';
import { addressesOf } from '../network/subnet.ts';
import { cgroupOf, hostPaths, labPaths } from '../paths.ts';
import { childrenOf } from '../process.ts';
import { must } from '../run.ts';
import type { HostRecord } from '../state.ts';
import { publicRegistryNames, trustCertificate } from '../supply/certificate.ts';
import { until } from '../wait.ts';

const script = (name: string): string => join(import.meta.dirname, name);

/** Makes a host's disk, network and namespaces and starts its pid 1. Gives that pid as the machine sees it. */
export async function startHost(lab: { id: string; number: number }, host: HostRecord): Promise<number> {
  const paths = hostPaths(labPaths(lab.id), host.name);
  await Promise.all([writeDisk(lab, host), connect(lab, host)]);
  const log = await open(paths.bootLog, 'a');
  const enter = [`--net=${paths.namespace}`, 'unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child'];
  const child = spawn('nsenter', [...enter, 'sh', script('boot.sh'), host.name, host.root, paths.folder], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  await log.close();
  const outer = child.pid ?? 0;
  return until(`${host.name} starts its pid 1`, () => {
    if (child.exitCode !== null) throw new Error(`${host.name} ended with ${child.exitCode} before it was up`);
    return childrenOf(outer)[0];
  });
}

async function connect(lab: { id: string; number: number }, host: HostRecord): Promise<void> {
  const paths = labPaths(lab.id);
  const { namespace } = hostPaths(paths, host.name);
  await unplugHost(paths.switchNamespace, host.name);
  await makeNamespace(namespace);
  await plugHost({ ...host, number: lab.number, namespace, switchNamespace: paths.switchNamespace });
}

/** The host's own layer over the shared root. What a host has already (its keys, its machine-id) stays. */
async function writeDisk(lab: { id: string; number: number }, host: HostRecord): Promise<void> {
  const paths = hostPaths(labPaths(lab.id), host.name);
  await rm(join(paths.folder, 'work'), { recursive: true, force: true });
  const made = ['work', 'root', 'docker', 'upper/etc/docker', 'upper/usr/sbin', 'upper/var/log'];
  await Promise.all(made.map((name) => mkdir(join(paths.folder, name), { recursive: true })));
  const file = (name: string): string => join(paths.upper, name);
  await copyFile(script('init.sh'), file('usr/sbin/lab-init'));
  await chmod(file('usr/sbin/lab-init'), 0o755);
  await Promise.all([
    writeFile(file('etc/hostname'), `${host.name}\n`),
    writeFile(file('etc/hosts'), hostsFile(lab.number, host.name)),
    writeFile(
      file('etc/resolv.conf'),
      `nameserver ${addressesOf(lab.number).switchAddress}\noptions timeout:1 attempts:1\n`,
    ),
    writeFile(file('etc/docker/daemon.json'), engineConfig(lab, host.name)),
    writeIdentity(file('etc'), host.name),
    trustCertificate(host.root, labPaths(lab.id).registry, paths.upper),
    copyFile(`${labPaths(lab.id).sshKey}.pub`, file('etc/flotilla-lab-key.pub')),
  ]);
}

/** Nothing answers DNS here, so a name is unknown at once; the public registry's names lead to the lab's. */
function hostsFile(number: number, name: string): string {
  const { switchAddress } = addressesOf(number);
  return [
    '127.0.0.1 localhost',
    `127.0.1.1 ${name}`,
    '::1 localhost ip6-localhost ip6-loopback',
    `${switchAddress} ${publicRegistryNames.join(' ')}`,
    '',
  ].join('\n');
}

function engineConfig(lab: { id: string; number: number }, name: string): string {
  const { registry, privateRegistry } = addressesOf(lab.number);
  const config = {
    debug: true,
    'cgroup-parent': cgroupOf(lab.id, name),
    'registry-mirrors': [`http://${registry}`],
    'insecure-registries': [registry, privateRegistry],
  };
  return JSON.stringify(config, null, 2);
}

async function writeIdentity(etc: string, name: string): Promise<void> {
  if ((await readFile(join(etc, 'machine-id')).catch(() => undefined)) !== undefined) return;
  await writeFile(join(etc, 'machine-id'), `${randomBytes(16).toString('hex')}\n`);
  await mkdir(join(etc, 'ssh'), { recursive: true });
  // No RSA key: it takes a second of both cores.
  for (const type of ['ed25519', 'ecdsa']) {
    await must(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', name, '-f', join(etc, 'ssh', `ssh_host_${type}_key`)]);
  }
}
