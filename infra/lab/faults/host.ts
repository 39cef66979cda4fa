import { LabRefusal } from '../types.ts';
import type { Fault } from './types.ts';

export const diskFull: Fault = {
  says: 'put a full file system of 64 kB on a directory',
  reads: ['path'],
  needs: ['path'],
  async inject({ inHost }, { path = '' }) {
    await inHost(['mkdir', '-p', path]);
    await inHost(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', path]);
    await inHost(['sh', '-c', 'cat /dev/zero >"$1/full" 2>/dev/null || true', 'fill', path]);
  },
  async heal({ inHost }, { path = '' }) {
    await inHost(['umount', '--lazy', path]);
  },
  // Docker's data is a mount of its own already.
  isThere: async ({ ask }, { path = '' }) =>
    (await ask(['grep', '-q', `^full ${path} `, '/proc/self/mounts'])).code === 0,
};

const listener = (number: string): string[] => ['busybox', 'httpd', '-p', number, '-h', '/run/lab'];

export const portTaken: Fault = {
  says: 'let another program listen on a TCP port (tcp/8080)',
  reads: ['port'],
  needs: ['port'],
  async inject({ inHost }, options) {
    await inHost(listener(tcpPort(options.port)));
  },
  async heal({ inHost }, options) {
    await inHost(['pkill', '-f', `^${listener(tcpPort(options.port)).join(' ')}$`]);
  },
  async isThere({ ask }, options) {
    return (await ask(['pgrep', '-f', `^${listener(tcpPort(options.port)).join(' ')}$`])).code === 0;
  },
};

export const sameMachineId: Fault = {
  says: 'give the host the machine-id of another one (peer), as a cloned disk has',
  reads: ['peer'],
  needs: ['peer'],
  async inject({ inHost, fileOf }, { peer = '' }) {
    await inHost(['cp', '/etc/machine-id', '/etc/machine-id.kept']);
    await inHost(['tee', '/etc/machine-id'], { stdin: await fileOf(peer, '/etc/machine-id') });
  },
  async heal({ inHost }) {
    await inHost(['mv', '-f', '/etc/machine-id.kept', '/etc/machine-id']);
  },
  async isThere({ host, fileOf }, { peer = '' }) {
    const ids = await Promise.all([host.name, peer].map((name) => fileOf(name, '/etc/machine-id')));
    return ids[0] === ids[1];
  },
};

export const ipForwardOff: Fault = {
  says: 'switch IPv4 forwarding off (net.ipv4.ip_forward=0)',
  reads: [],
  async inject({ inHost }) {
    await inHost(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
  },
  async heal({ inHost }) {
    await inHost(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  },
  async isThere({ inHost }) {
    return (await inHost(['sysctl', '-n', 'net.ipv4.ip_forward'])).stdout.trim() === '0';
  },
};

const dateWrapper = '/usr/local/bin/date';
const skewUsual = 900;

/**
 * A kernel has one wall clock for all its namespaces, so what is wrong is what `date` says on the host, and only that:
 * it is the fact that is faked, not its consequences for certificates.
 */
export const clockSkew: Fault = {
  says: 'let `date` tell a time that is seconds (900) ahead',
  reads: ['seconds'],
  async inject({ inHost }, { seconds = skewUsual }) {
    const stdin = `#!/bin/sh\nexec /usr/bin/date --date='${seconds} seconds' "$@"\n`;
    await inHost(['tee', dateWrapper], { stdin });
    await inHost(['chmod', '0755', dateWrapper]);
  },
  async heal({ inHost }) {
    await inHost(['rm', '-f', dateWrapper]);
  },
  async isThere({ ask }, { seconds = skewUsual }) {
    const { stdout } = await ask(['date', '+%s']);
    return Math.abs(Number(stdout) - Date.now() / 1000 - seconds) < Math.abs(seconds) / 2;
  },
};

/** Far above the numbers that a small test comes to. */
const orphan = { name: 'vx-00270f-orpha', vni: '9999' };

/** As an engine leaves it that was killed between making the device and moving it into the network's namespace. */
export const orphanedVxlan: Fault = {
  says: 'leave a VXLAN device of an overlay behind in the host’s own namespace',
  reads: [],
  async inject({ inHost }) {
    await inHost(['ip', 'link', 'add', 'name', orphan.name, 'type', 'vxlan', 'id', orphan.vni, 'dstport', '4789']);
  },
  async heal({ inHost }) {
    await inHost(['ip', 'link', 'del', orphan.name]);
  },
  isThere: async ({ ask }) => (await ask(['ip', 'link', 'show', orphan.name])).code === 0,
};

function tcpPort(text = ''): string {
  const [, number] = /^tcp\/(\d{1,5})$/.exec(text) ?? [];
  if (number !== undefined) return number;
  throw new LabRefusal(`"${text}" is no TCP port: say tcp/8080.`);
}
