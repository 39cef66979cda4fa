import { describe, expect, test } from 'vitest';
import type { StandingFacts } from '../observation.ts';
import { containerSchema } from '../spec/service.ts';
import { standingTool } from '../testing/standing.ts';
import { compareContainer } from './container-differences.ts';
import { asSpec } from './container.ts';

/** As `docker run` makes it with all that it is asked here, of an image that says something of everything. */
const full: StandingFacts = {
  ...standingTool,
  config: {
    ...standingTool.config,
    Hostname: 'box',
    User: 'app',
    WorkingDir: '/srv/',
    Labels: { team: 'web', maintainer: 'them' },
    Entrypoint: ['/run'],
    Cmd: ['--password', 'hunter2'],
    Tty: true,
    OpenStdin: true,
    StopTimeout: 3,
    Healthcheck: { Test: ['CMD-SHELL', 'curl -u me:hunter2 .'], Interval: 5e9, Timeout: 2e9 },
  },
  hostConfig: {
    ...standingTool.hostConfig,
    RestartPolicy: { Name: 'always' },
    LogConfig: { Type: 'syslog', Config: { 'syslog-address': 'tcp://hunter2' } },
    Init: true,
    ReadonlyRootfs: true,
    CapAdd: ['NET_ADMIN'],
    CapDrop: ['CAP_CHOWN'],
    Sysctls: { 'net.core.somaxconn': '512' },
    Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 1024 }],
    ExtraHosts: ['db:10.0.0.1'],
    Dns: ['10.0.0.2'],
    DnsSearch: ['example.org'],
    DnsOptions: ['ndots:2'],
    GroupAdd: ['100'],
    NanoCpus: 5e8,
    Memory: 134_217_728,
    MemorySwap: 268_435_456,
    MemoryReservation: 67_108_864,
    PidsLimit: 100,
  },
  mounts: [
    ...standingTool.mounts,
    { Type: 'bind', Source: '/etc/x', Destination: '/x', RW: false, Propagation: 'rprivate' },
  ],
  networks: { front: ['3ad7cacf0605', 'tool', 'www'], back: [] },
  image: {
    ...standingTool.image,
    User: 'nobody',
    WorkingDir: '/',
    Labels: { maintainer: 'them' },
    Entrypoint: ['/entry'],
    Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9 },
  },
};

function drafted(facts: StandingFacts): Record<string, unknown> {
  const asked = asSpec('h2', facts);
  if (asked.kind === 'untold') throw new Error(asked.why);
  return asked.container;
}
const compare = (facts: StandingFacts, spec: object, volumes = {}) =>
  compareContainer(facts, containerSchema.parse(spec), volumes);
const same = { kind: 'compared', differences: [] };

/** What is told of a container whose draft is changed. */
function differences(facts: StandingFacts, change: object): string[] {
  const compared = compare(facts, { ...drafted(facts), ...change });
  return compared.kind === 'compared' ? compared.differences : [compared.why];
}

describe('a container is as the spec says', () => {
  test('that was drafted of it', () => {
    expect(compare(standingTool, drafted(standingTool))).toEqual(same);
    expect(compare(full, drafted(full))).toEqual(same);
  });

  test('where the spec says in other words, or at length, what holds anyway', () => {
    const spec = {
      host: 'h2',
      image: 'docker.io/library/nginx:latest',
      command: 'nginx',
      environment: ['PATH=/usr/bin', 'TOKEN=abc'],
      networks: { front: { aliases: ['tool'] } },
      ports: ['8099:80/tcp'],
      working_dir: '/',
      stop_signal: 'SIGQUIT',
      stop_grace_period: '10s',
      init: false,
      read_only: false,
      logging: { driver: 'json-file' },
      pids_limit: -1,
      restart: 'no',
      volumes: ['tooldata:/var/x:nocopy'],
    };
    expect(compare(standingTool, spec, { tooldata: { driver_opts: { o: 'password=hunter2' } } })).toEqual(same);
  });

  test('where its image was given away: then all of it was asked for', () => {
    const gone = { ...full, image: {} };
    expect(compare(gone, drafted(gone))).toEqual(same);
  });
});

describe('what differs is told key by key', () => {
  test.each([
    ['image nginx → nginx:1.28', { image: 'nginx:1.28' }],
    ['entrypoint', { entrypoint: undefined, command: ['--password', 'hunter2'] }],
    ['command', { command: ['--password', 'hunter3'] }],
    ['environment (DEBUG, TOKEN)', { environment: { TOKEN: 'hunter2', DEBUG: '1' } }],
    ['hostname box → none', { hostname: undefined }],
    ['user app → nobody', { user: undefined }],
    ['working_dir /srv/ → /', { working_dir: undefined }],
    ['labels (team)', { labels: { team: 'hunter2' } }],
    ['networks back, front (www) → front', { networks: ['front'] }],
    ['networks back, front (www) → bridge', { networks: undefined }],
    ['ports 8099:80/tcp → 8099:80/udp', { ports: ['8099:80/udp'] }],
    ['healthcheck (none → disabled, interval 5s → none, test, timeout 2s → none)', { healthcheck: { disable: true } }],
    ['healthcheck (test, timeout 2s → none)', { healthcheck: undefined }],
    ['init true → none', { init: undefined }],
    ['read_only true → none', { read_only: undefined }],
    ['tty true → none', { tty: undefined }],
    ['stdin_open true → none', { stdin_open: undefined }],
    ['stop_grace_period 3s → 10s', { stop_grace_period: undefined }],
    ['stop_signal SIGQUIT → SIGINT', { stop_signal: 'SIGINT' }],
    ['cap_add NET_ADMIN → none', { cap_add: undefined }],
    ['cap_drop CHOWN → ALL', { cap_drop: ['ALL'] }],
    ['sysctls (net.core.somaxconn 512 → none)', { sysctls: undefined }],
    ['ulimits (nofile 512:1024 → 1024)', { ulimits: { nofile: 1024 } }],
    ['extra_hosts db=10.0.0.1 → none', { extra_hosts: undefined }],
    ['dns 10.0.0.2 → none', { dns: undefined }],
    ['dns_search example.org → none', { dns_search: undefined }],
    ['dns_opt ndots:2 → none', { dns_opt: undefined }],
    ['group_add 100 → none', { group_add: undefined }],
    ['logging (driver syslog → none, syslog-address)', { logging: undefined }],
    ['cpus 0.5 → 1', { cpus: '1' }],
    ['mem_limit 128m → none', { mem_limit: undefined }],
    ['mem_reservation 64m → 32m', { mem_reservation: '32m' }],
    ['pids_limit 100 → none', { pids_limit: undefined }],
    ['restart always → unless-stopped', { restart: undefined }],
    ['volumes (/x bind /etc/x, read-only → bind /etc/x)', { volumes: ['tooldata:/var/x', '/etc/x:/x'] }],
    ['volumes (/var/x volume tooldata → none, /x bind /etc/x, read-only → none)', { volumes: undefined }],
    ['volumes (/run none → tmpfs)', { tmpfs: ['/run'] }],
  ])('%s', (told, change) => {
    expect(differences(full, change)).toEqual([told]);
  });

  test('and never by values that may be secrets', () => {
    const text = JSON.stringify(compare(full, { host: 'h2', image: 'other', environment: { OTHER: 'hunter3' } }));
    expect(text).toContain('environment (OTHER, TOKEN)');
    expect(text).not.toContain('hunter');
  });
});

const anonymous = { Type: 'volume', Name: 'a'.repeat(64), Destination: '/data', Driver: 'local', RW: true };

test.each([
  ['it has MemorySwap', { hostConfig: { ...full.hostConfig, MemorySwap: -1 } }],
  ['it has Healthcheck.StartInterval', { config: { ...full.config, Healthcheck: { StartInterval: 1e9 } } }],
  ['it has /run in memory by `--tmpfs`', { hostConfig: { ...full.hostConfig, Tmpfs: { '/run': '' } } }],
  ['what is mounted at /data is a volume without a name', { mounts: [anonymous] }],
  ['it has networks in another form', { networks: { 'no name': [] } }],
])('what no spec says is never as the spec says: %s', (why, more) => {
  const facts = { ...full, ...more };
  expect(compare(facts, drafted(full))).toEqual({ kind: 'unsayable', why });
});

test('a container of a Compose project differs by its labels, unless the spec has them', () => {
  const composed = { ...full, config: { ...full.config, Labels: { 'com.docker.compose.project': 'blog' } } };
  expect(differences(composed, { labels: {} })).toEqual(['labels (com.docker.compose.project)']);
  expect(differences(composed, {})).toEqual([]);
});
