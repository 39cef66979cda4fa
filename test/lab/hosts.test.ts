import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysCommand } from '#core/host.ts';
import { createLab, openLab } from '#lab/lab.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { downWithoutTrace, engineGet, ssh, tcp } from './reach.ts';

let lab: Lab;
let h1: LabHost;
let h2: LabHost;

beforeAll(async () => {
  lab = await createLab({ id: 'test-hosts', hosts: 2 });
  h1 = lab.host('h1');
  h2 = lab.host('h2');
});

afterAll(() => downWithoutTrace(lab));

describe('a host of the lab', () => {
  it('takes SSH logins on a stock sshd', async () => {
    expect(await ssh(h1, ['hostname'])).toEqual({ code: 0, output: 'h1' });
    const { output } = await ssh(h1, ['sshd', '-T']);
    expect(output).toContain('maxsessions 10\n');
    expect(output).toContain('maxstartups 10:30:100');
    expect(output).toContain('allowstreamlocalforwarding yes');
  });

  it('shows the host key that it is said to have', async () => {
    const { stdout } = await h1.exec(['sh', '-c', keysCommand]);
    expect(stdout).toContain(await h1.hostKeyFingerprint());
    expect(await h1.hostKeyFingerprint()).not.toBe(await h2.hostKeyFingerprint());
  });

  it('has an engine that answers by SSH and by its socket on this machine', async () => {
    const bySsh = await ssh(h1, ['docker', 'version', '--format', '{{.Server.Version}}']);
    expect(bySsh.output).toMatch(/^20\.10\./);
    expect(await engineGet(h1, '/version')).toContain(`"Version":"${bySsh.output}"`);
    expect(Buffer.byteLength(h1.socketPath)).toBeLessThan(100);
  });

  it('has an identity of its own', async () => {
    const facts = async (host: LabHost): Promise<string[]> => {
      const { stdout } = await host.exec([
        'sh',
        '-c',
        'cat /etc/machine-id; docker info --format "{{.ID}} {{.Name}}"; hostname',
      ]);
      return stdout.trim().split('\n');
    };
    const [one, other] = await Promise.all([facts(h1), facts(h2)]);
    expect(one).toHaveLength(3);
    for (const [at, fact] of one.entries()) expect(fact).not.toBe(other[at]);
  });

  it('gives Docker to ops, sudo to admin, and neither to guest', async () => {
    const may = async (user: string, command: string[]): Promise<boolean> =>
      (await ssh(h1, command, { user })).code === 0;
    const docker = ['docker', 'ps'];
    const sudo = ['sudo', '-n', 'docker', 'ps'];
    expect([await may('ops', docker), await may('ops', sudo)]).toEqual([true, false]);
    expect([await may('admin', docker), await may('admin', sudo)]).toEqual([false, true]);
    expect([await may('guest', docker), await may('guest', sudo)]).toEqual([false, false]);
    expect(await may('warden', ['echo only-in-the-lab | sudo -S docker ps'])).toBe(true);
  });

  it('reaches its neighbour and the machine, and nothing else', async () => {
    const ping = async (to: string): Promise<number> => (await h1.exec(['ping', '-c1', '-W1', to])).code;
    expect(await ping(h2.address)).toBe(0);
    expect(await ping(lab.gateway)).toBe(0);
    expect(await ping('192.0.2.1')).not.toBe(0);
  });

  it('gets its engine back when that is killed, and keeps no zombies', async () => {
    const before = (await h1.exec(['cat', '/run/docker.pid'])).stdout;
    await h1.fault('engine-killed');
    await h1.heal();
    expect((await h1.exec(['cat', '/run/docker.pid'])).stdout).not.toBe(before);
    await h1.exec(['sh', '-c', '(sleep 0.01 &) ; (true &)']);
    await until('orphans are reaped', async () => !(await h1.exec(['ps', '-eo', 'stat'])).stdout.includes('Z'));
  });

  it('keeps its engine down between stop and start', async () => {
    await h2.stopEngine();
    expect(await engineGet(h2, '/_ping')).toBeUndefined();
    expect((await ssh(h2, ['true'])).code).toBe(0);
    await h2.startEngine();
    expect(await engineGet(h2, '/_ping')).toBe('OK');
  });
});

describe('live-restore', () => {
  it('is switched on and off while the engine runs', async () => {
    const isOn = async (): Promise<string> =>
      (await h1.exec(['docker', 'info', '--format', '{{.LiveRestoreEnabled}}'])).stdout.trim();
    await h1.fault('live-restore');
    expect(await isOn()).toBe('true');
    await h1.heal();
    expect(await isOn()).toBe('false');
  });
});

describe('images', () => {
  it('pulls nginx from the lab’s registry and serves it on a published port', async () => {
    const { stdout } = await h1.exec(['docker', 'pull', 'nginx']);
    expect(stdout).toContain('Downloaded newer image for nginx:latest');
    const digests = await h1.exec(['docker', 'image', 'inspect', 'nginx', '--format', '{{join .RepoDigests " "}}']);
    expect(digests.stdout).toMatch(/^nginx@sha256:[0-9a-f]{64}$/m);
    await h1.exec(['docker', 'run', '--detach', '--publish', '8080:80', '--name', 'web', 'nginx']);
    await until('nginx answers', async () => (await tcp(h1.address, 8080)) === 'open');
    const page = await fetch(`http://${h1.address}:8080/`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('nginx');
    await h1.exec(['docker', 'rm', '--force', 'web']);
  });

  it('says at once that an image does not exist', async () => {
    const start = performance.now();
    const { code, stderr } = await h1.exec(['docker', 'pull', 'no-such-image']);
    expect(code).toBe(1);
    expect(stderr).toContain('manifest for no-such-image:latest not found');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('runs swarm tasks by digest', async () => {
    await h2.exec(['docker', 'swarm', 'init', '--advertise-addr', h2.address]);
    const made = await h2.exec(['docker', 'service', 'create', '--quiet', '--detach', '--name', 'web', 'nginx']);
    expect(made.stderr).toBe('');
    const { stdout } = await h2.exec([
      'docker',
      'service',
      'inspect',
      'web',
      '--format',
      '{{.Spec.TaskTemplate.ContainerSpec.Image}}',
    ]);
    expect(stdout).toMatch(/^nginx:latest@sha256:/);
    await until('the task runs', async () => {
      const { stdout } = await h2.exec(['docker', 'service', 'ps', 'web', '--format', '{{.CurrentState}}']);
      return stdout.startsWith('Running');
    });
  });
});

describe('the engine’s log', () => {
  it('tells the changing calls since a mark, and no other', async () => {
    const mark = await h1.engineMark();
    await h1.exec(['docker', 'ps']);
    expect(await h1.engineCalls(mark)).toEqual([]);
    await h1.exec(['docker', 'network', 'create', 'one']);
    await h1.exec(['docker', 'network', 'rm', 'one']);
    const calls = await h1.engineCalls(mark);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /networks/create',
      'DELETE /networks/one',
    ]);
  });
});

describe('renewing', () => {
  it('gives empty engines and keeps addresses and host keys', async () => {
    const id = async (host: LabHost): Promise<string> =>
      (await host.exec(['docker', 'info', '--format', '{{.ID}}'])).stdout;
    const [before, key] = [await id(h1), await h1.hostKeyFingerprint()];
    await h1.fault('gossip');
    await lab.renew();
    expect((await h2.exec(['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'])).stdout.trim()).toBe('inactive');
    expect((await h1.exec(['docker', 'images', '--quiet'])).stdout).toBe('');
    expect(await h1.engineCalls()).toEqual([]);
    expect(await id(h1)).not.toBe(before);
    expect(await h1.hostKeyFingerprint()).toBe(key);
    expect(await h1.faults()).toEqual([]);
    expect((await ssh(h1, ['true'])).code).toBe(0);
    expect((await openLab(lab.id))?.host('h1').pid).toBe(h1.pid);
  });
});
