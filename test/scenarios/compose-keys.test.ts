import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SpecInput } from '#core/spec/spec.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applySpec, progressText, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** A service and a container with the keys of Compose that they may leave out, on real engines. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'compose-keys', hosts: 2 });
});
afterAll(async () => stage?.close());

type Service = NonNullable<SpecInput['services']>[string];

const keys = {
  init: true,
  read_only: true,
  stop_grace_period: '1s',
  stop_signal: 'SIGINT',
  cap_add: ['NET_ADMIN'],
  cap_drop: ['MKNOD'],
  sysctls: ['net.core.somaxconn=1024'],
  ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: 65_535 },
  extra_hosts: ['db:10.0.0.1', 'gw:host-gateway'],
  dns: '10.9.9.9',
  dns_search: ['b.example', 'a.example'],
  dns_opt: ['ndots:2'],
  tty: true,
  stdin_open: true,
  group_add: [1001],
  logging: { driver: 'json-file', options: { 'max-size': '10m' } },
  volumes: ['data:/data', '/etc:/hostetc:ro'],
  tmpfs: '/run:size=1m,mode=1777',
} satisfies Partial<Service>;
const healthy = { test: 'true', interval: '1s', timeout: '5s', retries: 1 };
const unhealthy = { ...healthy, test: ['CMD', 'false'] };

const changed = { init: undefined, stop_signal: 'SIGTERM' } satisfies Partial<Service>;

const deploy = {
  endpoint_mode: 'dnsrr',
  resources: { limits: { cpus: 0.5, memory: '64m', pids: 100 }, reservations: { memory: '16m' } },
  restart_policy: { condition: 'any', delay: '0s', window: '10s' },
  update_config: { failure_action: 'rollback', monitor: '2s', max_failure_ratio: 0.3 },
  rollback_config: { parallelism: 0, monitor: '1s' },
  placement: { max_replicas_per_node: 1, preferences: [{ spread: 'node.labels.zone' }] },
} satisfies Service['deploy'];

const specWith = (more: { service?: Partial<Service>; container?: Partial<Service> } = {}): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  volumes: { data: { driver_opts: { type: 'tmpfs', device: 'tmpfs' }, labels: { team: 'x' } } },
  services: {
    web: { image: 'busybox', command: 'sleep 1000', ...keys, deploy, healthcheck: healthy, ...more.service },
  },
  containers: {
    tool: {
      host: 'h2',
      image: 'busybox',
      command: 'sleep 1000',
      ...keys,
      cpus: '0.5',
      mem_limit: '64m',
      pids_limit: 100,
      healthcheck: healthy,
      ...more.container,
    },
  },
  verify: { connectivity: 'none' },
});

/** What an engine says of something, as JSON. */
async function inspected(host: string, format: string, ...command: string[]): Promise<unknown> {
  const lines = await linesOf(stage.lab.host(host), ['docker', ...command, '--format', format]);
  return JSON.parse(lines.join('\n'));
}
const serviceSpec = (): Promise<unknown> => inspected('h1', '{{json .Spec}}', 'service', 'inspect', 'web');

describe('the keys of Compose', () => {
  test('are really there, on a service and on a container', async () => {
    await applied(stage.api, specWith());
    expect(await serviceSpec()).toMatchObject({
      TaskTemplate: {
        ContainerSpec: {
          Init: true,
          ReadOnly: true,
          StopGracePeriod: 1e9,
          StopSignal: 'SIGINT',
          CapabilityAdd: ['CAP_NET_ADMIN'],
          CapabilityDrop: ['CAP_MKNOD'],
          Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Timeout: 5e9, Retries: 1 },
          Hosts: ['10.0.0.1 db', 'host-gateway gw'],
          Groups: ['1001'],
          Mounts: [
            {
              Type: 'volume',
              Source: 'data',
              Target: '/data',
              VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'tmpfs', device: 'tmpfs' } } },
            },
            { Type: 'bind', Source: '/etc', Target: '/hostetc', ReadOnly: true },
            { Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 2 ** 20, Mode: 0o1777 } },
          ],
        },
        LogDriver: { Name: 'json-file', Options: { 'max-size': '10m' } },
        Resources: {
          Limits: { NanoCPUs: 5e8, MemoryBytes: 2 ** 26, Pids: 100 },
          Reservations: { MemoryBytes: 2 ** 24 },
        },
        RestartPolicy: { Condition: 'any', Delay: 0, Window: 1e10 },
        Placement: { MaxReplicas: 1, Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] },
      },
      UpdateConfig: { Parallelism: 1, FailureAction: 'rollback', Monitor: 2e9, MaxFailureRatio: 0.3 },
      RollbackConfig: { Parallelism: 0, Monitor: 1e9, Order: 'stop-first' },
    });
    expect(await inspected('h2', '{{json .}}', 'volume', 'inspect', 'data')).toMatchObject({
      Labels: { team: 'x', 'io.flotilla.cluster': 'demo' },
      Options: { type: 'tmpfs', device: 'tmpfs' },
    });
    const tool = z
      .looseObject({ Config: z.unknown(), HostConfig: z.unknown(), State: z.unknown() })
      .parse(await inspected('h2', '{{json .}}', 'inspect', 'tool'));
    expect(tool.State).toMatchObject({ Running: true, Health: { Status: 'healthy' } });
    expect(tool.Config).toMatchObject({ Tty: true, OpenStdin: true, StopSignal: 'SIGINT', StopTimeout: 1 });
    expect(tool.HostConfig).toMatchObject({
      Init: true,
      ReadonlyRootfs: true,
      CapAdd: ['CAP_NET_ADMIN'],
      Sysctls: { 'net.core.somaxconn': '1024' },
      Dns: ['10.9.9.9'],
      GroupAdd: ['1001'],
      NanoCpus: 5e8,
      Memory: 2 ** 26,
      PidsLimit: 100,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
    });
  });

  test('a second apply has an empty plan and changes nothing', async () => {
    const marks = await markEngines(stage.lab);
    const { plan } = succeeded(await applySpec(stage.api, specWith()));
    expect(plan?.steps).toEqual([]);
    expect(await marks.calls()).toEqual({});
  });

  test('one that is changed updates the service, one that is left out is taken back', async () => {
    const next = specWith({ service: changed });
    const { plan } = await applied(stage.api, next);
    expect(plan?.steps.map(({ id }) => id)).toEqual(['update-service:web']);
    expect(plan?.steps[0]?.args).toMatchObject({ changes: ['init true → none', 'stop_signal SIGINT → SIGTERM'] });
    const { TaskTemplate } = z
      .looseObject({ TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ StopSignal: z.string() }) }) })
      .parse(await serviceSpec());
    expect(TaskTemplate.ContainerSpec).not.toHaveProperty('Init');
    expect(TaskTemplate.ContainerSpec.StopSignal).toBe('SIGTERM');
    expect(succeeded(await applySpec(stage.api, next)).plan?.steps).toEqual([]);
  });
});

describe('a health check that fails is told', () => {
  test('of a service, which is rolled back, here by the swarm itself', async () => {
    const view = await applySpec(stage.api, specWith({ service: { ...changed, healthcheck: unhealthy } }));
    expect(progressText(view)).toMatch(/^failed\n.*unhealthy container.*rolled back and runs as before/s);
    expect(await serviceSpec()).toMatchObject({
      TaskTemplate: { ContainerSpec: { Healthcheck: { Test: ['CMD-SHELL', 'true'] } } },
    });
  });

  test('of a container, which is put aside to be looked at, while the old one runs again', async () => {
    const view = await applySpec(stage.api, specWith({ service: changed, container: { healthcheck: unhealthy } }));
    expect(progressText(view)).toMatch(
      /The container tool runs but is unhealthy: its health check ended with exit code 1\. The old container tool runs again/,
    );
  });
});

describe('a path that is missing on a host is told, with what to do', () => {
  const volumes = ['/no/such/path:/data'];

  test('of a service, whose node refuses the task', async () => {
    const { state, error, steps } = await applySpec(stage.api, specWith({ service: { ...changed, volumes } }));
    expect(state).toBe('failed');
    expect(error?.message).toMatch(
      /^web cannot start(?: on h\d)?: .*bind source path does not exist: \/no\/such\/path/,
    );
    expect(error?.next).toBe(
      'Make that path on every node that may run it, or place it where the path is (`deploy.placement`), then retry.',
    );
    expect(JSON.stringify(steps)).toContain('rolled back and runs as before');
  });

  test('of a container, which its engine does not make', async () => {
    const { error } = await applySpec(stage.api, specWith({ service: changed, container: { volumes } }));
    expect(error?.message).toMatch(/bind source path does not exist: \/no\/such\/path/);
    expect(error?.done).toContain('The old container tool was not touched.');
    expect(error?.next).toBe('Make that path on the host, or take the mount out of the spec; then apply again.');
  });
});
