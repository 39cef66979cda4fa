import { expect, test } from 'vitest';
import { parseSpec } from '#core/spec/parse.ts';
import type { StepContainer } from '#core/step.ts';
import { containerBody } from './container-body.ts';

const context = { cluster: 'demo', operation: 'op_1' };
const id = 'a3f0'.repeat(16);

function specOf(networks: string[], keys: Record<string, unknown> = {}): StepContainer {
  const parsed = parseSpec({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    networks: Object.fromEntries(networks.map((name) => [name, { attachable: true }])),
    containers: { tool: { host: 'h1', image: 'busybox', networks, ...keys } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const { tool } = parsed.spec.containers;
  if (tool === undefined) throw new Error('the spec has lost its container');
  return tool;
}

test('a container is put on its network by id, so that no name is taken for the start of another one’s id', () => {
  const { body, more } = containerBody('tool', specOf(['a']), [{ name: 'a', target: id, aliases: ['tool'] }], context);
  expect(body).toMatchObject({
    HostConfig: { NetworkMode: id },
    NetworkingConfig: { EndpointsConfig: { [id]: { Aliases: ['tool'] } } },
  });
  expect(more).toEqual([]);
});

test('networks after the first are left to be connected', () => {
  const second = { name: 'b', target: 'b'.repeat(64), aliases: ['tool'] };
  const attachments = [{ name: 'a', target: id, aliases: ['tool'] }, second];
  const { body, more } = containerBody('tool', specOf(['a', 'b']), attachments, context);
  expect(body['NetworkingConfig']).toEqual({ EndpointsConfig: { [id]: { Aliases: ['tool'] } } });
  expect(more).toEqual([second]);
});

test('a network of the engine itself goes by its name, without an alias', () => {
  const { body } = containerBody('tool', specOf([]), [{ name: 'bridge', target: 'bridge', aliases: [] }], context);
  expect(body).toMatchObject({
    HostConfig: { NetworkMode: 'bridge' },
    NetworkingConfig: { EndpointsConfig: { bridge: {} } },
  });
});

test('without any network the engine chooses', () => {
  const { body } = containerBody('tool', specOf([]), [], context);
  expect(body['NetworkingConfig']).toBeUndefined();
  expect(body['HostConfig']).not.toHaveProperty('NetworkMode');
});

test('keys that the spec says go where the engine has them, and no other is sent', () => {
  const keys = {
    healthcheck: { test: 'true', interval: '90s' },
    init: true,
    read_only: true,
    tty: true,
    stdin_open: true,
    stop_grace_period: '1500ms',
    stop_signal: 'SIGINT',
    cap_add: ['NET_ADMIN'],
    cap_drop: ['ALL'],
    sysctls: ['net.core.somaxconn=1024'],
    ulimits: { nofile: 1000 },
    extra_hosts: ['db:10.0.0.1', 'six:::1'],
    dns: '8.8.8.8',
    dns_search: 'a.example',
    dns_opt: ['ndots:2'],
    group_add: [1001],
    logging: { options: { 'max-size': '1m' } },
    cpus: 0.5,
    mem_limit: '64m',
    mem_reservation: '32m',
    pids_limit: 100,
  };
  const { body } = containerBody('tool', specOf([], keys), [], context);
  expect(body).toMatchObject({
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 90_000_000_000 },
    Tty: true,
    OpenStdin: true,
    StopSignal: 'SIGINT',
    StopTimeout: 2,
  });
  expect(body['HostConfig']).toEqual({
    RestartPolicy: { Name: 'unless-stopped' },
    PortBindings: {},
    Init: true,
    ReadonlyRootfs: true,
    CapAdd: ['CAP_NET_ADMIN'],
    CapDrop: ['ALL'],
    Sysctls: { 'net.core.somaxconn': '1024' },
    Ulimits: [{ Name: 'nofile', Soft: 1000, Hard: 1000 }],
    ExtraHosts: ['db:10.0.0.1', 'six:::1'],
    Dns: ['8.8.8.8'],
    DnsSearch: ['a.example'],
    DnsOptions: ['ndots:2'],
    GroupAdd: ['1001'],
    LogConfig: { Type: '', Config: { 'max-size': '1m' } },
    NanoCpus: 500_000_000,
    Memory: 67_108_864,
    MemoryReservation: 33_554_432,
    PidsLimit: 100,
  });
  const without = containerBody('tool', specOf([]), [], context).body;
  expect(Object.keys(without)).toEqual(['Image', 'Env', 'Labels', 'ExposedPorts', 'HostConfig']);
  expect(without['HostConfig']).toEqual({ RestartPolicy: { Name: 'unless-stopped' }, PortBindings: {} });
});

test('a container that names its signal gets time for it when it goes', () => {
  const { body } = containerBody('tool', specOf([], { stop_signal: 'SIGINT' }), [], context);
  expect(body).toMatchObject({ StopSignal: 'SIGINT', StopTimeout: 10 });
});

test('volumes are mounted with what its engine needs to make them', () => {
  const spec = specOf([], { volumes: ['/srv:/srv:ro'], tmpfs: '/run:size=1m' });
  const data: NonNullable<StepContainer['volumes']>[number] = {
    type: 'volume',
    source: 'data',
    target: '/data',
    read_only: false,
  };
  const declared = { data: { driver_opts: { type: 'nfs' } } };
  const { body } = containerBody('tool', { ...spec, volumes: [...(spec.volumes ?? []), data], declared }, [], context);
  expect(body).toMatchObject({
    HostConfig: {
      Mounts: [
        { Type: 'bind', Source: '/srv', Target: '/srv', ReadOnly: true },
        {
          Type: 'volume',
          Source: 'data',
          Target: '/data',
          VolumeOptions: {
            Labels: { 'io.flotilla.cluster': 'demo' },
            DriverConfig: { Name: 'local', Options: { type: 'nfs' } },
          },
        },
        { Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 1_048_576 } },
      ],
    },
  });
});
