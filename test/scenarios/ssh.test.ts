import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { Host } from '#core/host.ts';
import { createLab } from '#lab/lab.ts';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { runExec, startExec, createExec } from '#workers/docker/exec.ts';
import {
  containerLogs,
  createContainer,
  deleteContainer,
  inspectContainer,
  listContainers,
  startContainer,
  stopContainer,
  waitContainer,
} from '#workers/docker/containers.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { Engines } from '#workers/docker/engines.ts';
import { deleteImage, inspectImage, listImages, loadImage, pullImage } from '#workers/docker/images.ts';
import { createNetwork, deleteNetwork, inspectNetwork, listNetworks } from '#workers/docker/networks.ts';
import { deleteNode, inspectNode, listNodes, updateNode } from '#workers/docker/nodes.ts';
import { orNullOn404 } from '#workers/docker/refusal.ts';
import { createService, deleteService, inspectService, listServices, updateService } from '#workers/docker/services.ts';
import { initSwarm, inspectSwarm, joinSwarm, leaveSwarm, updateSwarm } from '#workers/docker/swarm.ts';
import { engineInfo, engineVersion, pingEngine } from '#workers/docker/system.ts';
import { listTasks } from '#workers/docker/tasks.ts';
import { engineProcessCommand, restartEngineCommand } from '#workers/ssh/command.ts';
import { run } from '#workers/ssh/exec.ts';
import { readSystemFacts } from '#workers/ssh/facts.ts';
import { SshPool } from '#workers/ssh/pool.ts';
import { waitFor } from '#workers/wait-for.ts';

let lab: Lab;
let folder: string;
const closing: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  lab = await createLab({ id: 'ssh-scenario', engines: ['20.10', '28.5'] });
  folder = mkdtempSync(join(tmpdir(), 'flotilla-ssh-scenario-'));
  writeFileSync(join(folder, 'warden'), 'only-in-the-lab\n');
});
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

const makePool = (): SshPool => {
  const keys = new Map([['lab', [{ kind: 'file' as const, path: lab.sshKeyFile }]]]);
  const sudoPasswordFiles = new Map([['warden', join(folder, 'warden')]]);
  const pool = new SshPool({ config: { keys, keysFolder: null, sudoPasswordFiles } });
  closing.push(pool);
  return pool;
};
const hostOf = (name: string, fields: Partial<Host> = {}): Host => {
  const { address, sshPort } = lab.host(name);
  const usual = { name, address, port: sshPort, user: 'root', key: 'lab', via: null };
  return { ...usual, hostKeys: [], acceptNew: true, cluster: null, ...fields };
};
const engineOf = (host: Host, pool = makePool()): EngineClient => {
  const engines = new Engines(pool);
  closing.push(engines);
  return engines.get(host, new Map([[host.name, host]]));
};
const refusalOf = async (attempt: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected a refusal, and got ${String(error)}`);
};

describe('the ways to a real socket', () => {
  test('over one SSH connection, with the key that the host really has', async () => {
    const fingerprint = await lab.host('h1').hostKeyFingerprint();
    const pool = makePool();
    const host = hostOf('h1', { hostKeys: [{ algorithm: 'ssh-ed25519', fingerprint }], acceptNew: false });
    const info = await engineInfo(engineOf(host, pool));
    expect(info.ServerVersion).toMatch(/^20\.10/);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });

  test.each([
    ['ops', 'in the docker group'],
    ['admin', 'sudo without a password'],
    ['warden', 'sudo with a password that the worker has'],
  ])('as %s: %s', async (user) => {
    for (const name of ['h1', 'h2']) {
      const host = hostOf(name, { user, name: user === 'warden' ? 'warden' : name });
      const engine = engineOf(host);
      const all = await Promise.all(Array.from({ length: 10 }, () => engineInfo(engine)));
      expect(new Set(all.map(({ ID }) => ID)).size).toBe(1);
    }
  });

  test('as guest: refused, with what to do', async () => {
    const refusal = await refusalOf(engineInfo(engineOf(hostOf('h1', { user: 'guest' }))));
    expect(refusal.code).toBe('engine_forbidden');
    expect(refusal.next).toContain('usermod -aG docker guest');
  });

  test('an engine that is stopped, and one that hangs', async () => {
    const engine = engineOf(hostOf('h1'));
    await pingEngine(engine);
    await lab.host('h1').stopEngine();
    expect((await refusalOf(engineInfo(engine))).code).toBe('engine_unreachable');
    await lab.host('h1').startEngine();
    expect((await engineInfo(engine)).ServerVersion).toMatch(/^20\.10/);
    await lab.host('h1').exec(['sh', '-c', 'kill -STOP $(cat /run/docker.pid)']);
    try {
      expect((await refusalOf(engineInfo(engine, { timeoutMs: 500 }))).code).toBe('engine_unreachable');
    } finally {
      await lab.host('h1').exec(['sh', '-c', 'kill -CONT $(cat /run/docker.pid)']);
    }
    expect((await engineInfo(engine)).ServerVersion).toMatch(/^20\.10/);
  });

  test('an engine is restarted over SSH, and its process is another one then', async () => {
    const host = hostOf('h2');
    const pool = makePool();
    const connection = await pool.connect(host, new Map());
    const processOf = async (): Promise<string> => (await run(connection, engineProcessCommand())).stdout.trim();
    const before = await processOf();
    expect(before).toMatch(/^\d+ \d+$/);
    expect((await run(connection, restartEngineCommand())).code).toBe(0);
    const engine = engineOf(host, pool);
    const after = await waitFor(
      async () => {
        const now = await processOf();
        if (now === '' || now === before) return undefined;
        return engineInfo(engine).then(
          () => now,
          () => undefined,
        );
      },
      { limitMs: 30_000 },
    );
    expect(after).toMatch(/^\d+ \d+$/);
  });
});

describe('what a host says of its system', () => {
  test('addresses, ports, clock and the way to another host', async () => {
    const pool = makePool();
    const connection = await pool.connect(hostOf('h1'), new Map());
    const facts = await readSystemFacts(connection, { peers: [lab.host('h2').address, '192.0.2.77'] });
    expect(facts.machineId).toMatch(/^[0-9a-f]{32}$/);
    expect(facts.listeningTcp).toContain(lab.host('h1').sshPort);
    expect(facts.addresses).toContainEqual({ iface: 'eth0', address: lab.host('h1').address, prefix: 24, mtu: 1500 });
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(1000);
    expect(facts.pathMtu[lab.host('h2').address]).toEqual({ bytes: 1500, measured: true });
    expect(facts.pathMtu['192.0.2.77']).toEqual({ bytes: 1500, measured: false });
  });
});

describe('the calls of the Engine API', () => {
  test.each(['h1', 'h2'])('containers, execs and images on %s', async (name) => {
    const engine = engineOf(hostOf(name));
    await pullImage(engine, 'busybox');
    expect((await inspectImage(engine, 'busybox:latest')).RepoTags).toContain('busybox:latest');
    expect((await refusalOf(createContainer(engine, { Image: 'nope' }))).code).toBe('image_not_found');
    const labels = { 'io.flotilla.test': 'yes' };
    const { id } = await createContainer(
      engine,
      { Image: 'busybox', Cmd: ['sh', '-c', 'echo out; echo err >&2; sleep 1000'], Labels: labels },
      { name: 'one' },
    );
    expect((await refusalOf(createContainer(engine, { Image: 'busybox' }, { name: 'one' }))).message).toContain('one');
    expect(await startContainer(engine, id)).toBe('started');
    expect(await startContainer(engine, id)).toBe('already');
    const result = await runExec(engine, 'one', { Cmd: ['sh', '-c', 'echo a; echo b >&2; exit 4'] });
    expect(result).toEqual({ code: 4, stdout: 'a\n', stderr: 'b\n', truncated: false });
    expect((await runExec(engine, 'one', { Cmd: ['no-such-program'] })).code).toBeGreaterThanOrEqual(126);
    const bytes = { stdin: 0, stdout: 0, stderr: 0, engine: 0 };
    const count = await createExec(engine, 'one', { Cmd: ['head', '-c', '20000000', '/dev/zero'] });
    await startExec(engine, count, ({ from, data }) => {
      bytes[from] += data.length;
    });
    expect(bytes.stdout).toBe(20_000_000);
    expect(await containerLogs(engine, id)).toEqual({ stdout: 'out\n', stderr: 'err\n', truncated: false });
    const listed = await listContainers(engine, { all: true, filters: { label: ['io.flotilla.test=yes'] } });
    expect(listed.map(({ Names, State }) => ({ Names, State }))).toEqual([{ Names: ['/one'], State: 'running' }]);
    expect((await inspectContainer(engine, 'one')).Config.Labels['io.flotilla.test']).toBe('yes');
    const waiting = waitContainer(engine, id);
    expect(await stopContainer(engine, id, { graceS: 0 })).toBe('stopped');
    expect(await waiting).toBe(137);
    expect(await stopContainer(engine, id)).toBe('already');
    await deleteContainer(engine, id, { force: true, volumes: true });
    expect(await orNullOn404(inspectContainer(engine, id))).toBeNull();
  });

  test('an image that no registry has', async () => {
    const refusal = await refusalOf(pullImage(engineOf(hostOf('h1')), 'nope'));
    expect(refusal.code).toBe('image_not_found');
    expect(refusal.message).toContain('manifest for nope:latest not found');
  });

  test('an image is copied from one engine to another, and a broken archive is an error', async () => {
    const from = engineOf(hostOf('h1'));
    const to = engineOf(hostOf('h2'));
    await pullImage(from, 'nginx');
    const chunks: Buffer[] = [];
    await from.stream({ method: 'GET', path: '/images/nginx:latest/get' }, async (body) => {
      for await (const chunk of body) chunks.push(chunk);
    });
    await deleteImage(to, 'nginx:latest', { force: true }).catch(() => undefined);
    expect(await loadImage(to, Buffer.concat(chunks))).toEqual(['nginx:latest']);
    expect((await listImages(to, { reference: ['nginx'] }))[0]?.RepoTags).toEqual(['nginx:latest']);
    const refusal = await refusalOf(loadImage(to, Buffer.concat(chunks).subarray(0, 100_000)));
    expect(refusal.code).toBe('engine_error');
  });

  test('a port that is taken is said so', async () => {
    const engine = engineOf(hostOf('h1'));
    await pullImage(engine, 'busybox');
    const body = {
      Image: 'busybox',
      Cmd: ['sleep', '1000'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8099' }] } },
    };
    const ids: string[] = [];
    for (const name of ['first', 'second']) ids.push((await createContainer(engine, body, { name })).id);
    const [first = '', second = ''] = ids;
    await startContainer(engine, first);
    expect((await refusalOf(startContainer(engine, second))).code).toBe('port_taken');
    for (const id of ids) await deleteContainer(engine, id, { force: true });
  });

  test('a swarm of two engines of different ages, from init to leave', async () => {
    const first = engineOf(hostOf('h1'));
    const second = engineOf(hostOf('h2'));
    const nodeId = await initSwarm(first, { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: lab.host('h1').address });
    const swarm = await inspectSwarm(first);
    expect(swarm.DefaultAddrPool.length).toBeGreaterThan(0);
    await joinSwarm(second, {
      ListenAddr: '0.0.0.0:2377',
      RemoteAddrs: [`${lab.host('h1').address}:2377`],
      JoinToken: swarm.JoinTokens.Worker,
    });
    expect((await refusalOf(initSwarm(first, { ListenAddr: '0.0.0.0:2377' }))).message).toContain(
      'already part of a swarm',
    );
    await updateSwarm(first, { version: swarm.Version.Index, spec: swarm.Spec, rotateWorkerToken: true });
    expect((await inspectSwarm(first)).JoinTokens.Worker).not.toBe(swarm.JoinTokens.Worker);
    const nodes = await listNodes(first);
    expect(nodes.map(({ Spec }) => Spec.Role).sort()).toEqual(['manager', 'worker']);
    const worker = nodes.find(({ Spec }) => Spec.Role === 'worker');
    const workerId = worker?.ID ?? '';
    await updateNode(first, workerId, worker?.Version.Index ?? 0, { ...worker?.Spec, Labels: { zone: 'a' } });
    expect((await inspectNode(first, workerId)).Spec.Labels).toEqual({ zone: 'a' });
    const stale = await refusalOf(updateNode(first, workerId, worker?.Version.Index ?? 0, { ...worker?.Spec }));
    expect(stale.message).toContain('update out of sequence');

    const { id } = await createNetwork(first, { Name: 'over', Driver: 'overlay', Attachable: true });
    expect((await inspectNetwork(first, 'over', { scope: 'swarm' })).Id).toBe(id);
    const networkNames = async () =>
      (await listNetworks(first, { filters: { driver: ['overlay'] } })).map(({ Name }) => Name);
    // On a busy machine the list comes a moment after the network itself.
    await until('the network is listed', async () => (await networkNames()).includes('over'));
    const spec = {
      Name: 'web',
      TaskTemplate: { ContainerSpec: { Image: 'busybox', Command: ['sleep', '1000'] }, Networks: [{ Target: id }] },
      Mode: { Global: {} },
      EndpointSpec: { Mode: 'dnsrr' },
    };
    const service = await createService(first, spec);
    const running = await waitFor(
      async () => {
        const tasks = await listTasks(first, { service: ['web'], 'desired-state': ['running'] });
        return tasks.filter(({ Status }) => Status.State === 'running').length === 2 ? tasks : undefined;
      },
      { limitMs: 60_000 },
    );
    expect(running?.every(({ NetworksAttachments }) => NetworksAttachments.length > 0)).toBe(true);
    const [listed] = await listServices(first, { status: true });
    expect(listed?.ServiceStatus?.RunningTasks).toBe(2);
    const { Version } = await inspectService(first, service.id);
    await updateService(first, service.id, Version.Index, { ...spec, Labels: { changed: 'yes' } });
    expect((await inspectService(first, 'web')).Spec.Labels).toEqual({ changed: 'yes' });
    await deleteService(first, 'web');
    await waitFor(async () => ((await listTasks(first)).length === 0 ? true : undefined), { limitMs: 30_000 });
    await deleteNetwork(first, id);

    await leaveSwarm(second);
    await waitFor(async () => ((await inspectNode(first, workerId)).Status.State === 'down' ? true : undefined), {
      limitMs: 30_000,
    });
    await deleteNode(first, workerId);
    expect((await refusalOf(leaveSwarm(first))).message).toContain('manager');
    await leaveSwarm(first, { force: true });
    expect((await engineInfo(first)).Swarm.LocalNodeState).toBe('inactive');
    expect(nodeId).toMatch(/^[a-z0-9]{25}$/);
  });

  test('straight at a socket on this machine, without SSH', async () => {
    const engine = localEngine(lab.host('h1').socketPath, 'h1');
    closing.push(engine);
    expect((await engineVersion(engine)).Version).toMatch(/^20\.10/);
    expect(engine.apiVersion()).toBe('1.41');
  });
});
