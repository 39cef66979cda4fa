import type { Evidence, HostEvidence, HostLook, ServiceLook, Symptoms } from '../diagnosis/symptoms.ts';
import type { NetworkFacts } from '../observation.ts';
import { known, unknown } from '../observed.ts';
import type { CheckResult } from '../verification.ts';

/* Handmade symptoms: three hosts h1 (manager), h2, h3 at 10.0.0.1 to .3, one overlay `net`, everything fine. */

export const hostNames = ['h1', 'h2', 'h3'];
export const addressOf = (host: string): string => `10.0.0.${host.slice(1)}`;

/** A network of the swarm; `encrypted` and the like by options. */
export const overlay = (name: string, options: Record<string, string> = {}): NetworkFacts => ({
  id: `id-${name}`,
  name,
  driver: 'overlay',
  attachable: true,
  internal: false,
  ingress: false,
  enableIpv6: false,
  options,
  labels: {},
  subnets: [{ subnet: '10.200.1.0/24', gateway: null, ipRange: null }],
});

export const lookAt = (host: string, more: Partial<HostLook> = {}): HostLook => ({
  address: addressOf(host),
  engine: known({
    version: '28.5.2',
    apiVersion: '1.51',
    engineId: `engine-${host}`,
    hostname: host,
    os: 'Debian',
    arch: 'x86_64',
    kernel: '6.1',
    liveRestore: false,
    rootless: false,
    swarm: {
      state: 'active',
      nodeId: `node-${host}`,
      nodeAddr: addressOf(host),
      controlAvailable: host === 'h1',
      clusterId: host === 'h1' ? 'swarm' : null,
      error: null,
    },
  }),
  firewall: known(''),
  ipForward: known(true),
  ipVs: known(true),
  orphans: known([]),
  byCommand: false,
  ...more,
});

export const silentHost = (host: string, code: string, reason: string): HostLook =>
  lookAt(host, { engine: unknown(reason, code), firewall: unknown(reason), ipForward: unknown(reason) });

/** A check that failed, unless it is said otherwise. */
export const checkOf = (
  check: string,
  from: string,
  to: string | null,
  more: Partial<CheckResult> = {},
): CheckResult => ({
  level: levels[check] ?? 'L4',
  check,
  network: ['L3', 'L4', 'L5'].includes(levels[check] ?? 'L4') ? 'net' : null,
  from,
  to,
  target: to ?? 'web',
  result: 'failed',
  detail: 'no answer',
  ms: null,
  error: 'timeout',
  ...more,
});

const levels: Record<string, CheckResult['level']> = {
  engine: 'L0',
  tasks: 'L0',
  container: 'L0',
  attachable: 'L0',
  'gossip-tcp': 'L1',
  'manager-port': 'L1',
  'other-address': 'L1',
  'control-udp': 'L1',
  gossip: 'L2',
  network: 'L2',
  dns: 'L3',
  tcp: 'L5',
  bulk: 'L5',
  http: 'L5',
  published: 'L6',
};

/** One check between every ordered pair of hosts; those that `fails` takes have failed. */
export const between = (
  check: string,
  fails: (from: string, to: string) => boolean,
  more: Partial<CheckResult> = {},
  hosts: readonly string[] = hostNames,
): CheckResult[] =>
  hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .map((to) =>
        fails(from, to)
          ? checkOf(check, from, to, more)
          : checkOf(check, from, to, { ...more, result: 'ok', error: undefined, detail: 'answers', ms: 0.2 }),
      ),
  );

export const symptomsOf = (more: Partial<Symptoms> = {}): Symptoms => ({
  hosts: Object.fromEntries(hostNames.map((host) => [host, lookAt(host)])),
  swarm: known({
    dataPathPort: 4789,
    networks: [overlay('net')],
    nodes: hostNames.map((host) => ({
      id: `node-${host}`,
      host,
      role: host === 'h1' ? 'manager' : 'worker',
      state: 'ready',
      message: '',
    })),
  }),
  services: [],
  checks: [],
  gossip: [],
  evidence: null,
  wantedDataPort: null,
  managers: ['h1'],
  split: null,
  ...more,
});

/** Evidence in which nothing stands out. */
export const evidenceOf = (
  more: Partial<Omit<Evidence, 'hosts'>> = {},
  hosts: Record<string, Partial<HostEvidence>> = {},
): Evidence => ({
  oneWay: [],
  captured: {},
  underlay: [],
  ...more,
  hosts: Object.fromEntries(
    hostNames.map((host) => [
      host,
      known({
        addresses: [{ iface: 'eth0', address: addressOf(host), mtu: 1500 }],
        sources: Object.fromEntries(hostNames.map((peer) => [addressOf(peer), addressOf(host)])),
        counters: known({ overlays: [], xfrm: [] }),
        esp: unknown('no overlay is encrypted'),
        log: [],
        ...hosts[host],
      }),
    ]),
  ),
});

/** `iptables-save -c` with one rule that has stopped packets. */
export const rule = (chain: 'INPUT' | 'OUTPUT', match: string, target = 'DROP', packets = 7): string =>
  `*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n[${packets}:700] -A ${chain} ${match} -j ${target}\nCOMMIT`;

export const serviceOf = (more: Partial<ServiceLook> = {}): ServiceLook => ({
  name: 'web',
  networks: ['net'],
  wanted: 2,
  running: 2,
  hasHealthCheck: false,
  vip: false,
  ingressPorts: [],
  tasks: [],
  ...more,
});
