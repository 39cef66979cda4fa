import { describe, expect, test } from 'vitest';
import { maskPlan } from '../masking.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { formedSwarm, inputOf, withNetwork, withSwarm } from '../testing/observations.ts';
import { carriedOut, planned, told } from '../testing/told.ts';
import type { PlanInput } from './input.ts';

const formed = withNetwork(formedSwarm(['h1'], ['h2']), { name: 'net', labels: { [clusterLabel]: 'demo' } });
type Service = NonNullable<SpecInput['services']>[string];
type Keys = Omit<Service, 'image'>;

const specOf = (keys: Keys) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: {} },
  networks: { net: { mtu: 1500 } },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { endpoint_mode: 'dnsrr' as const }, ...keys } },
  verify: { connectivity: 'none' as const },
});

/** The service as it is after these keys were applied, and maybe changed by hand in what the engine keeps of it. */
async function running(
  keys: Keys,
  byHand: (spec: Record<string, unknown>) => Record<string, unknown> = (spec) => spec,
) {
  const made = await carriedOut(inputOf(specOf(keys), formed));
  const observation = withSwarm(made.observation, (swarm) => ({
    ...swarm,
    services: swarm.services.map((one) => ({ ...one, spec: byHand(one.spec) })),
  }));
  return (next: Keys): PlanInput => inputOf(specOf(next), observation);
}

/** The phrases of the one step that updates the service; nothing where there is nothing to do. */
async function changes(input: PlanInput): Promise<string[]> {
  const [step] = (await planned(input)).steps;
  return step?.kind === 'update-service' ? step.args.changes : [];
}

const bodyOf = async (input: PlanInput): Promise<unknown> => {
  const [step] = (await planned(input)).steps;
  return step?.kind === 'update-service' || step?.kind === 'create-service' ? step.args.spec : undefined;
};

const all: Keys = {
  healthcheck: { test: 'true', interval: '90s', retries: 3, start_period: '1s' },
  init: true,
  read_only: true,
  tty: true,
  stdin_open: true,
  stop_grace_period: '5s',
  stop_signal: 'SIGINT',
  cap_add: ['NET_ADMIN'],
  cap_drop: ['ALL'],
  sysctls: { 'net.core.somaxconn': 1024 },
  ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: 65535 },
  extra_hosts: ['db:10.0.0.1', 'six:::1'],
  dns: '8.8.8.8',
  dns_search: ['b.example', 'a.example'],
  dns_opt: ['ndots:2'],
  group_add: ['audio', 1001],
  logging: { driver: 'json-file', options: { 'max-size': '10m' } },
};

/** What engines 20.10 and 28.5 answer of a service with these keys, word for word. */
const answered = {
  Groups: ['audio', '1001'],
  Init: true,
  StopSignal: 'SIGINT',
  TTY: true,
  OpenStdin: true,
  ReadOnly: true,
  StopGracePeriod: 5000000000,
  Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 90000000000, StartPeriod: 1000000000, Retries: 3 },
  Hosts: ['10.0.0.1 db', '::1 six'],
  DNSConfig: { Nameservers: ['8.8.8.8'], Search: ['b.example', 'a.example'], Options: ['ndots:2'] },
  Isolation: 'default',
  Sysctls: { 'net.core.somaxconn': '1024' },
  CapabilityAdd: ['CAP_NET_ADMIN'],
  CapabilityDrop: ['ALL'],
  Ulimits: [
    { Name: 'nofile', Hard: 2000, Soft: 1000 },
    { Name: 'nproc', Hard: 65535, Soft: 65535 },
  ],
};

const inContainer = (members: object) => (spec: Record<string, unknown>) => {
  const task = Object(spec['TaskTemplate']);
  return { ...spec, TaskTemplate: { ...task, ContainerSpec: { ...task.ContainerSpec, ...members } } };
};

test('the body is that of the Engine API', async () => {
  const { Isolation: _engineOnly, ...asked } = answered;
  expect(await bodyOf(inputOf(specOf(all), formed))).toMatchObject({
    TaskTemplate: {
      ContainerSpec: asked,
      LogDriver: { Name: 'json-file', Options: { 'max-size': '10m' } },
    },
  });
});

test('what the engines answer is no difference', async () => {
  expect(await changes((await running(all, inContainer(answered)))(all))).toEqual([]);
});

test('nor is the way in which it is written', async () => {
  const next = await running(all, inContainer({ CapabilityAdd: ['NET_ADMIN'], Groups: ['1001', 'audio'] }));
  const written: Keys = { ...all, cap_add: ['cap_net_admin'], extra_hosts: { six: '::1', db: '10.0.0.1' } };
  expect(await changes(next(written))).toEqual([]);
});

test('what is nothing to the engine is not asked for again', async () => {
  const nothing: Keys = { read_only: false, tty: false, dns: [], cap_add: [], sysctls: {}, logging: {} };
  const without = { ReadOnly: undefined, TTY: undefined, DNSConfig: {}, CapabilityAdd: null, Sysctls: undefined };
  expect(await changes((await running(nothing, inContainer(without)))(nothing))).toEqual([]);
});

test('a change is told in words, but no value that may be a secret', async () => {
  const next = await running(all);
  const changed: Keys = {
    ...all,
    healthcheck: { test: 'curl -u canary:canary localhost', interval: '10s', retries: 3 },
    init: false,
    read_only: false,
    stop_grace_period: '1m',
    cap_add: ['NET_ADMIN', 'CHOWN'],
    ulimits: { nofile: 1000 },
    extra_hosts: ['db:10.0.0.2'],
    dns_search: ['a.example', 'b.example'],
    logging: { driver: 'splunk', options: { 'splunk-token': 'canary' } },
  };
  expect(await changes(next(changed))).toEqual([
    'healthcheck (interval 1m30s → 10s, start_period 1s → none, test)',
    'init true → false',
    'read_only true → none',
    'stop_grace_period 5s → 1m',
    'cap_add NET_ADMIN → CHOWN, NET_ADMIN',
    'ulimits (nofile 1000:2000 → 1000, nproc 65535 → none)',
    'extra_hosts db=10.0.0.1, six=::1 → db=10.0.0.2',
    'dns_search b.example, a.example → a.example, b.example',
    'logging (driver json-file → splunk, max-size, splunk-token)',
  ]);
  const plan = await planned(next(changed));
  expect(JSON.stringify(maskPlan(plan).steps)).not.toMatch(/splunk-token":"canary/);
  expect(await told(next(changed))).not.toContain('canary');
  expect(await told(await carriedOut(next(changed)))).toContain('nothing to do');
});

describe('what is mounted', () => {
  const mounts: Keys = {
    volumes: ['data:/data:ro,nocopy', '/etc:/hostetc', 'plain:/plain'],
    tmpfs: ['/t:size=1m,mode=1777', '/t2'],
  };
  const labels = { [clusterLabel]: 'demo' };
  const made = (password: string) => ({ driver_opts: { o: `password=${password}` }, labels: { a: 'b' } });
  const withVolumes = (input: PlanInput, password = 'canary'): PlanInput => ({
    ...input,
    spec: { ...input.spec, volumes: { data: made(password), plain: {} } },
  });
  /** As engines 20.10 and 28.5 answer, word for word. */
  const Mounts = [
    {
      Type: 'volume',
      Source: 'data',
      Target: '/data',
      ReadOnly: true,
      VolumeOptions: {
        NoCopy: true,
        Labels: { a: 'b', ...labels },
        DriverConfig: { Name: 'local', Options: { o: 'password=canary' } },
      },
    },
    { Type: 'bind', Source: '/etc', Target: '/hostetc' },
    { Type: 'volume', Source: 'plain', Target: '/plain', VolumeOptions: { Labels: labels } },
    { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1048576, Mode: 1023 } },
    { Type: 'tmpfs', Target: '/t2' },
  ];

  test('is sent as the engine has it, and what it answers is no difference', async () => {
    const body = await bodyOf(withVolumes(inputOf(specOf(mounts), formed)));
    expect(body).toMatchObject({ TaskTemplate: { ContainerSpec: { Mounts } } });
    const next = await running(mounts, inContainer({ Mounts: Mounts.toReversed() }));
    expect(await changes(withVolumes(next(mounts)))).toEqual([]);
  });

  test('is told by its targets, without options of drivers, which are masked', async () => {
    const next = await running(mounts, inContainer({ Mounts }));
    const changed: Keys = { volumes: ['data:/data', '/srv:/hostetc:ro'], tmpfs: '/t2' };
    const input = withVolumes(next(changed), 'canary-2');
    expect(await changes(input)).toEqual([
      'volumes (/data volume data, read-only, nocopy, label a=b → volume data, label a=b, /data options, ' +
        '/hostetc bind /etc → bind /srv, read-only, /plain volume plain → none, /t tmpfs, size 1m, mode 1777 → none)',
    ]);
    expect(await told(input)).toMatch(/risk high .*\n1\. update service web: .* \(host files \/srv\)/);
    expect(JSON.stringify(maskPlan(await planned(input)).steps)).not.toContain('canary');
  });

  test('by others is left alone, and is no risk of ours', async () => {
    const next = await running({}, inContainer({ Mounts }));
    expect(await changes(next({}))).toEqual([]);
    expect(await told(next({ user: 'nobody' }))).toMatch(
      /risk medium .*\n1\. update service web: user none → nobody\n?/,
    );
  });
});

describe('keys below deploy', () => {
  const endpoint_mode = 'dnsrr' as const;
  const deploy = {
    endpoint_mode,
    resources: {
      limits: { cpus: 0.5, memory: '64m', pids: 100 },
      reservations: { cpus: '0.1', memory: '32m' },
    },
    restart_policy: { condition: 'on-failure' as const, delay: '5s', max_attempts: 3, window: '2m' },
    update_config: { parallelism: 2, delay: '1s' },
    rollback_config: { parallelism: 0, order: 'start-first' as const },
    placement: { max_replicas_per_node: 2, preferences: [{ spread: 'node.labels.zone' }] },
  };
  /** As engines 20.10 and 28.5 answer, word for word. */
  const kept = (spec: Record<string, unknown>) => ({
    ...spec,
    TaskTemplate: {
      ...Object(spec['TaskTemplate']),
      Resources: {
        Limits: { NanoCPUs: 500000000, MemoryBytes: 67108864, Pids: 100 },
        Reservations: { NanoCPUs: 100000000, MemoryBytes: 33554432 },
      },
      RestartPolicy: { Condition: 'on-failure', Delay: 5000000000, MaxAttempts: 3, Window: 120000000000 },
      Placement: { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }], MaxReplicas: 2 },
    },
    UpdateConfig: {
      Parallelism: 2,
      Delay: 1000000000,
      FailureAction: 'pause',
      MaxFailureRatio: 0,
      Order: 'stop-first',
    },
    RollbackConfig: { Parallelism: 0, FailureAction: 'pause', MaxFailureRatio: 0, Order: 'start-first' },
  });

  test('are sent as the engine has them, and what it answers is no difference', async () => {
    const body = await bodyOf(inputOf(specOf({ deploy }), formed));
    expect(body).toMatchObject(kept({}));
    expect(await changes((await running({ deploy }, kept))({ deploy }))).toEqual([]);
  });

  test('are told where they change, each by itself', async () => {
    const next = await running({ deploy }, kept);
    const changed = {
      endpoint_mode,
      resources: { limits: { cpus: 1, memory: '64m' } },
      restart_policy: { delay: '0s' },
      update_config: { parallelism: 1, failure_action: 'rollback' as const, max_failure_ratio: 0.3 },
      placement: { preferences: [{ spread: 'node.labels.rack' }] },
    };
    expect(await changes(next({ deploy: changed }))).toEqual([
      'deploy.resources.limits.cpus 0.5 → 1',
      'deploy.resources.limits.pids 100 → none',
      'deploy.resources.reservations.cpus 0.1 → none',
      'deploy.resources.reservations.memory 32m → none',
      'deploy.restart_policy (condition on-failure → any, delay 5s → 0s, max_attempts 3 → none, window 2m → none)',
      'deploy.update_config (delay 1s → none, failure_action pause → rollback, max_failure_ratio none → 0.3, parallelism 2 → 1)',
      'deploy.rollback_config (failure_action pause → none, order start-first → none, parallelism 0 → none)',
      'deploy.placement.max_replicas_per_node 2 → none',
      'deploy.placement.preferences spread over node.labels.zone → spread over node.labels.rack',
    ]);
    expect(await told(await carriedOut(next({ deploy: changed })))).toContain('nothing to do');
  });

  test('limits that others gave it stay', async () => {
    const next = await running({}, kept);
    const limits = { deploy: { endpoint_mode, resources: { limits: { pids: 5 } } } };
    expect(await changes(next(limits))).toEqual(['deploy.resources.limits.pids 100 → 5']);
    expect(await bodyOf(next(limits))).toMatchObject({
      TaskTemplate: { Resources: { Limits: { NanoCPUs: 500000000, Pids: 5 } }, Placement: { MaxReplicas: 2 } },
    });
  });
});

test('a check that is turned off', async () => {
  const next = await running({ healthcheck: { test: 'true' } });
  expect(await changes(next({ healthcheck: { disable: true } }))).toEqual(['healthcheck (none → disabled, test)']);
});

describe('what the spec does not say', () => {
  const health = { Healthcheck: { Test: ['CMD', 'x'] }, Init: true };

  test('stays as others have set it, also when something else is updated', async () => {
    const next = await running({}, inContainer(health));
    expect(await changes(next({}))).toEqual([]);
    expect(await changes(next({ user: 'nobody' }))).toEqual(['user none → nobody']);
    expect(await bodyOf(next({ user: 'nobody' }))).toMatchObject({ TaskTemplate: { ContainerSpec: health } });
  });

  test('is taken back when the spec said it before', async () => {
    const next = await running({ init: true, dns: '8.8.8.8', user: 'nobody' }, inContainer({ StopSignal: 'SIGINT' }));
    expect(await changes(next({ user: 'nobody', init: true }))).toEqual(['dns 8.8.8.8 → none']);
    const body = await bodyOf(next({ user: 'nobody' }));
    expect(body).toMatchObject({ TaskTemplate: { ContainerSpec: { StopSignal: 'SIGINT', DNSConfig: {} } } });
    expect(JSON.stringify(body)).not.toMatch(/8\.8\.8\.8|"Init"|io\.flotilla\.keys/);
  });

  test('becomes the spec’s once it says the same', async () => {
    const next = await running({}, inContainer(health));
    expect(await changes(next({ init: true }))).toEqual(['init as it is, from now on by the spec']);
  });

  test('and leaves no trace: a service without these keys is sent as ever', async () => {
    expect(JSON.stringify(await bodyOf(inputOf(specOf({}), formed)))).toBe(
      '{"Name":"web","Labels":{"io.flotilla.cluster":"demo"},"TaskTemplate":{"ContainerSpec":{"Image":"nginx","Env":[],"Labels":{}},' +
        '"Placement":{"Constraints":[]},"Networks":[{"Target":"net","Aliases":[]}]},"Mode":{"Replicated":{"Replicas":1}},' +
        '"EndpointSpec":{"Mode":"dnsrr","Ports":[]}}',
    );
  });
});
