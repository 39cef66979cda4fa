import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLab } from '#lab/lab.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { downWithoutTrace, engineGet, ssh, sshFlags, tcp } from './reach.ts';

let lab: Lab;
let h1: LabHost;
let h2: LabHost;
let h3: LabHost;

/** A swarm of three with a container each on one overlay. */
beforeAll(async () => {
  lab = await createLab({ id: 'test-faults', hosts: 3 });
  [h1, h2, h3] = [lab.host('h1'), lab.host('h2'), lab.host('h3')];
  const ok = async (host: LabHost, ...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  await ok(h1, 'docker', 'swarm', 'init', '--advertise-addr', h1.address);
  const token = await ok(h1, 'docker', 'swarm', 'join-token', '--quiet', 'worker');
  await Promise.all(
    [h2, h3].map((host) => ok(host, 'docker', 'swarm', 'join', '--token', token, `${h1.address}:2377`)),
  );
  await ok(h1, 'docker', 'network', 'create', '--driver', 'overlay', '--attachable', 'net');
  await Promise.all(
    lab.hosts.map((host) =>
      ok(host, 'docker', 'run', '--detach', '--network', 'net', '--name', `on-${host.name}`, 'nginx'),
    ),
  );
  await until(
    'every container reaches every other',
    async () => (await overlay(h1, h2)) && (await overlay(h2, h3)) && (await overlay(h3, h1)),
  );
});

afterEach(async () => {
  await Promise.all(lab.hosts.map((host) => host.heal()));
});

afterAll(() => downWithoutTrace(lab));

/** Whether a ping of that many bytes crosses the overlay. */
async function overlay(from: LabHost, to: LabHost, bytes = 56): Promise<boolean> {
  const ping = ['ping', '-c1', '-W1', '-s', String(bytes), `on-${to.name}`];
  return (await from.exec(['docker', 'exec', `on-${from.name}`, ...ping], { timeoutMs: 10_000 })).code === 0;
}

/** Packets that the VXLAN device of `net` has taken in on a host. */
async function takenIn(host: LabHost): Promise<number> {
  const id = (await host.exec(['docker', 'network', 'inspect', '--format', '{{.Id}}', 'net'])).stdout.slice(0, 10);
  const inside = ['nsenter', `--net=/var/run/docker/netns/1-${id}`, 'cat', '/proc/net/dev'];
  return Number(/vxlan\d+:\s+\d+\s+(\d+)/.exec((await host.exec(inside)).stdout)?.[1]);
}

/** Whether a ping with DF of that many bytes crosses the underlay. */
async function underlay(from: LabHost, to: LabHost, bytes: number): Promise<string> {
  const { code, stdout, stderr } = await from.exec(['ping', '-M', 'do', '-c1', '-W1', '-s', String(bytes), to.address]);
  return code === 0 ? 'through' : /message too long|Frag needed/i.test(stdout + stderr) ? 'told' : 'lost';
}

const rules = async (host: LabHost): Promise<string> => (await host.exec(['iptables', '--list-rules'])).stdout;

describe('blocked ports', () => {
  it('cuts the data path of one host and heals', async () => {
    const before = await rules(h2);
    await h2.fault('vxlan');
    expect([await overlay(h1, h2), await overlay(h1, h3)]).toEqual([false, true]);
    expect((await h2.faults()).map((fault) => fault.name)).toEqual(['vxlan']);
    await h2.heal();
    await until('the overlay carries again', () => overlay(h1, h2));
    expect(await rules(h2)).toBe(before);
  });

  it('cuts one direction between two hosts only', async () => {
    const drops = async (): Promise<number> =>
      Number((await h2.exec(['sh', '-c', `iptables -nvxL FLOTILLA-LAB-IN | awk '/dpt:4789/ { print $1 }'`])).stdout);
    await h2.fault('vxlan', { direction: 'in', peer: 'h1' });
    expect([await overlay(h1, h2), await overlay(h3, h2)]).toEqual([false, true]);
    expect(await drops()).toBeGreaterThan(0);
    expect(await rules(h2)).not.toContain('FLOTILLA-LAB-OUT');
    await h2.heal();
  });

  it('is silent, or refuses when told so', async () => {
    await h3.fault('ssh-port');
    expect(await tcp(h3.address, 22)).toBe('silent');
    await h3.heal('ssh-port');
    await h3.fault('ssh-port', { reject: true });
    expect(await tcp(h3.address, 22)).toBe('refused');
    await h3.heal();
    expect(await tcp(h3.address, 22)).toBe('open');
  });

  it('cuts the manager’s port', async () => {
    expect(await tcp(h1.address, 2377)).toBe('open');
    await h1.fault('manager-port', { direction: 'in' });
    expect(await tcp(h1.address, 2377)).toBe('silent');
    await h1.heal();
    expect(await tcp(h1.address, 2377)).toBe('open');
  });

  it('keeps several faults apart', async () => {
    await h1.fault('gossip-tcp', { direction: 'in' });
    await h1.fault('port', { port: 'tcp/2377', direction: 'in', reject: true });
    expect([await tcp(h1.address, 7946), await tcp(h1.address, 2377)]).toEqual(['silent', 'refused']);
    await h1.heal('gossip-tcp');
    expect([await tcp(h1.address, 7946), await tcp(h1.address, 2377)]).toEqual(['open', 'refused']);
    await h1.heal();
  });
});

describe('links', () => {
  it('tells of a small MTU', async () => {
    await h3.fault('mtu', { size: 1300 });
    expect([await underlay(h3, h1, 1272), await underlay(h3, h1, 1400)]).toEqual(['through', 'told']);
    await h3.heal();
    expect(await underlay(h3, h1, 1472)).toBe('through');
  });

  it('loses large packets without a word in a black hole, both ways', async () => {
    await h2.fault('mtu-blackhole', { size: 1400 });
    expect([await underlay(h2, h1, 1372), await underlay(h2, h1, 1472)]).toEqual(['through', 'lost']);
    expect([await underlay(h1, h2, 1372), await underlay(h1, h2, 1472)]).toEqual(['through', 'lost']);
    expect([await overlay(h1, h2), await overlay(h1, h2, 1400), await overlay(h1, h3, 1400)]).toEqual([
      true,
      false,
      true,
    ]);
    await h2.heal();
    expect([await underlay(h1, h2, 1472), await overlay(h1, h2, 1400)]).toEqual(['through', true]);
  });

  it('cuts a host off', async () => {
    await h3.fault('link-down');
    expect([await tcp(h3.address, 22), await underlay(h1, h3, 56)]).toEqual(['silent', 'lost']);
    await h3.heal();
    await until('the host is back', async () => (await tcp(h3.address, 22)) === 'open');
  });

  it('adds an interface that nobody reaches, and a route', async () => {
    await h1.fault('second-nic');
    await h1.fault('route', { cidr: '10.200.0.0/16' });
    expect((await h1.exec(['ip', '-o', 'address', 'show', 'dev', 'eth1'])).stdout).toContain('10.78.255.1/24');
    expect((await h1.exec(['ip', 'route'])).stdout).toContain('10.200.0.0/16 dev eth0');
    await h1.heal();
    expect((await h1.exec(['ip', 'link', 'show', 'eth1'])).code).not.toBe(0);
    expect((await h1.exec(['ip', 'route'])).stdout).not.toContain('10.200.0.0');
  });
});

describe('the network between the hosts', () => {
  it('swallows a port of one host, and no host has a rule for it', async () => {
    const before = await rules(h2);
    await h2.fault('port-eaten');
    expect([await overlay(h1, h2), await overlay(h1, h3), await rules(h2)]).toEqual([false, true, before]);
    await h2.heal();
    await until('the overlay carries again', () => overlay(h1, h2));
  });
});

describe('an overlay network on one host', () => {
  it('takes in what comes over the data path, and gives it to no container', async () => {
    await h2.fault('bridge-down', { network: 'net' });
    const before = await takenIn(h2);
    expect([await overlay(h1, h2), await overlay(h1, h3)]).toEqual([false, true]);
    expect(await takenIn(h2)).toBeGreaterThan(before);
    await h2.heal();
    await until('the overlay carries again', () => overlay(h1, h2));
  });
});

describe('addresses', () => {
  it('sends from another address, and peers drop what they do not expect', async () => {
    await h2.fault('other-source');
    expect([await overlay(h1, h2), await overlay(h2, h3), await overlay(h1, h3)]).toEqual([false, false, true]);
    await h2.heal();
    await until('the overlay carries again', () => overlay(h1, h2));
  });

  it('loses the way in to docker_gwbridge', async () => {
    await h3.fault('way-in-taken');
    expect([await tcp(h3.address, 22), await tcp(h2.address, 22)]).toEqual(['silent', 'open']);
    await h3.heal();
    expect(await tcp(h3.address, 22)).toBe('open');
  });
});

describe('engines', () => {
  it('freezes an engine: its socket takes calls and never answers', async () => {
    await h3.fault('engine-frozen');
    expect(await engineGet(h3, '/_ping', 500)).toBeUndefined();
    expect((await h3.exec(['ps', '-C', 'dockerd', '-o', 'stat='])).stdout).toMatch(/^T/);
    await h3.heal();
    expect(await engineGet(h3, '/_ping')).toBe('OK');
  });

  it('keeps a killed engine down until healed', async () => {
    await h3.fault('engine-down');
    expect((await h3.exec(['pgrep', 'dockerd'])).stdout).toBe('');
    await h3.heal();
    expect(await engineGet(h3, '/_ping')).toBe('OK');
  });
});

describe('SSH', () => {
  it('swaps the host keys, and back', async () => {
    const before = await h1.hostKeyFingerprint();
    await h1.fault('host-key');
    expect(await h1.hostKeyFingerprint()).not.toBe(before);
    const scanned = await scan(h1);
    expect(scanned).toBe(await h1.hostKeyFingerprint());
    await h1.heal();
    expect([await scan(h1), await h1.hostKeyFingerprint()]).toEqual([before, before]);
  });

  it('refuses the key', async () => {
    await h1.fault('key-refused');
    expect((await ssh(h1, ['true'])).output).toContain('Permission denied');
    await h1.heal();
    expect((await ssh(h1, ['true'])).code).toBe(0);
  });

  it.each(['no-stream-local', 'no-forwarding'] as const)('forbids the way to the socket: %s', async (name) => {
    const allowed = name === 'no-stream-local' ? 'allowstreamlocalforwarding no' : 'disableforwarding yes';
    await h1.fault(name);
    expect((await ssh(h1, ['sshd', '-T'])).output).toContain(allowed);
    expect(await forwards(h1)).toBe(false);
    await h1.heal();
    expect(await forwards(h1)).toBe(true);
    expect((await ssh(h1, ['sshd', '-T'])).output).not.toContain(allowed);
  });
});

describe('the Docker socket', () => {
  it('is closed to those who were given Docker, and the docker command is hidden', async () => {
    const asOps = async (): Promise<number> => (await ssh(h2, ['docker', 'ps'], { user: 'ops' })).code;
    expect(await asOps()).toBe(0);
    await h2.fault('socket-forbidden');
    expect(await asOps()).not.toBe(0);
    await h2.heal();
    await h2.fault('no-docker-cli');
    expect((await ssh(h2, ['command', '-v', 'docker'])).code).not.toBe(0);
    await h2.heal();
    expect(await asOps()).toBe(0);
  });
});

describe('the host itself', () => {
  it('fills a directory', async () => {
    await h2.fault('disk-full', { path: '/var/lib/docker/tmp' });
    const { stderr } = await h2.exec(['cp', '/etc/hosts', '/var/lib/docker/tmp/file']);
    expect(stderr).toContain('No space left on device');
    await h2.heal();
    expect((await h2.exec(['cp', '/etc/hostname', '/var/lib/docker/tmp/file'])).code).toBe(0);
  });

  it('takes a port, copies a machine-id and switches forwarding off', async () => {
    const facts = async (): Promise<string[]> => {
      const forward = await h2.exec(['cat', '/proc/sys/net/ipv4/ip_forward']);
      return [await tcp(h2.address, 9090), await machineId(h2), forward.stdout.trim()];
    };
    const before = await facts();
    await h2.fault('port-taken', { port: 'tcp/9090' });
    await h2.fault('same-machine-id', { peer: 'h1' });
    await h2.fault('ip-forward-off');
    expect(await facts()).toEqual(['open', await machineId(h1), '0']);
    await h2.heal();
    expect(await facts()).toEqual(before);
  });
});

describe('what a host tells', () => {
  it('is a wrong time, and a device that an engine left behind', async () => {
    const facts = async (): Promise<[number, string]> => {
      const { stdout } = await h3.exec(['date', '+%s']);
      const links = await h3.exec(['ip', '-oneline', 'link', 'show', 'type', 'vxlan']);
      const minutes = Math.round((Number(stdout) - Date.now() / 1000) / 60);
      return [minutes === 0 ? 0 : minutes, links.stdout];
    };
    await h3.fault('clock-skew', { seconds: -600 });
    await h3.fault('orphaned-vxlan');
    expect(await facts()).toEqual([-10, expect.stringContaining('vx-00270f-orpha')]);
    await h3.heal();
    expect(await facts()).toEqual([0, '']);
  });
});

describe('the swarm', () => {
  const info = async (host: LabHost, field: string): Promise<string> =>
    (await host.exec(['docker', 'info', '--format', `{{.Swarm.${field}}}`])).stdout.trim();
  const answers = async (host: LabHost): Promise<string> =>
    (await host.exec(['docker', 'exec', `on-${host.name}`, 'nslookup', 'tasks.shop'])).stdout;

  it('tells of a task that is gone, on every node but the one that keeps its record', async () => {
    await h2.fault('stale-dns', { network: 'net', service: 'shop' });
    await until('h1 hears of it', async () => /Address: \S+\.250/.test(await answers(h1)));
    expect(await answers(h2)).not.toContain('.250');
    await h2.heal();
    await until('h1 forgets it', async () => !(await answers(h1)).includes('.250'));
  });

  it('is locked with its only manager', async () => {
    await h1.fault('locked-manager');
    expect(await info(h1, 'LocalNodeState')).toBe('locked');
    await h1.heal();
    expect(await info(h1, 'LocalNodeState')).toBe('active');
  });

  it('is told a wrong address by a worker', async () => {
    await h3.fault('wrong-advertise', { peer: 'h1' });
    expect(await info(h3, 'NodeAddr')).toBe('10.78.255.3');
    await h3.heal();
    expect(await info(h3, 'NodeAddr')).toBe(h3.address);
  });

  it('has two hosts that say to be one node', async () => {
    const before = await info(h3, 'NodeID');
    await h3.fault('cloned-swarm', { peer: 'h2' });
    expect(await info(h3, 'NodeID')).toBe(await info(h2, 'NodeID'));
    await h3.heal();
    expect(await info(h3, 'NodeID')).toBe(before);
  });
});

describe('what cannot be', () => {
  it('is refused in one sentence', async () => {
    await expect(h1.fault('route')).rejects.toThrow('The fault route needs --cidr.');
    await expect(h1.fault('vxlan', { peer: 'h9' })).rejects.toThrow('has no host h9');
    await expect(h1.fault('vxlan', { peer: 'h1' })).rejects.toThrow('no peer of itself');
    await expect(h1.fault('port', { port: '4789' })).rejects.toThrow('is no port');
    await expect(h1.fault('link-down', { size: 3 })).rejects.toThrow('does not know --size');
    expect(await h1.faults()).toEqual([]);
  });
});

const machineId = async (host: LabHost): Promise<string> => (await host.exec(['cat', '/etc/machine-id'])).stdout;

/** The fingerprint that a host shows on the wire. */
async function scan(host: LabHost): Promise<string> {
  const { stdout } = await h2.exec([
    'sh',
    '-c',
    `ssh-keyscan -t ed25519 ${host.address} 2>/dev/null | ssh-keygen -lf -`,
  ]);
  return stdout.split(' ')[1] ?? '';
}

/** Whether OpenSSH gets through to the engine's socket. */
async function forwards(host: LabHost): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-forward-'));
  const local = join(folder, 'docker.sock');
  const child = spawn('ssh', [...sshFlags(host), '-N', '-L', `${local}:/var/run/docker.sock`, `root@${host.address}`]);
  try {
    await until('ssh listens', () => existsSync(local));
    return (await engineGet({ socketPath: local }, '/_ping')) === 'OK';
  } finally {
    child.kill();
    await rm(folder, { recursive: true });
  }
}
