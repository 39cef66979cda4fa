import { known, type Observed } from '../observed.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import { type EngineSide, kernelFeatures, type PreflightFacts, type SystemSide } from '../preflight/facts.ts';
import { controlPortFor, type ProbeName, type UnderlayProbe } from '../preflight/probes.ts';
import { plainWants, type PreflightWants } from '../preflight/wants.ts';
import { addressOf, hostFacts } from './observations.ts';

/** What a host that is fit for everything says of itself. */
function fitFacts(name: string): { engine: EngineSide; system: SystemSide } {
  return {
    engine: {
      facts: { ...hostFacts(name).engine, version: '28.5.2', apiVersion: '1.51' },
      forwards: true,
      rootDir: '/var/lib/docker',
      firewall: known('iptables'),
      bridges: [{ name: 'bridge', subnets: ['172.17.0.0/16'] }],
      localPools: known([]),
    },
    system: {
      root: true,
      hostname: name,
      kernel: '6.1.0',
      os: known('Debian GNU/Linux 12 (bookworm)'),
      virtualisation: known('kvm'),
      machineId: known(`machine-${name}`),
      clockOffsetMs: known(3),
      disk: known({ path: '/var/lib/docker', freeBytes: 50_000_000_000 }),
      features: featuresAll(),
      sysctls: {
        'net.ipv4.ip_forward': known(1),
        'net.bridge.bridge-nf-call-iptables': known(1),
        'net.ipv4.neigh.default.gc_thresh3': known(1024),
        'net.netfilter.nf_conntrack_max': known(262_144),
      },
      links: known([{ iface: 'eth0', mac: `02:00:00:00:00:0${name.slice(1)}`, mtu: 1500, vxlan: null, kind: null }]),
      addresses: known([{ iface: 'eth0', address: addressOf(name), prefix: 24, mtu: 1500 }]),
      routes: known([{ to: '10.79.0.0/24', dev: 'eth0', table: 'main' }]),
      resolvers: known(['192.0.2.53']),
      ports: known([{ proto: 'tcp', port: 22, address: '0.0.0.0', program: 'sshd' }]),
      sshFrom: known('192.0.2.1'),
      cards: known([]),
    },
  };
}

/** The cast is safe: one entry for each name of the list. */
const featuresAll = (): SystemSide['features'] =>
  Object.fromEntries(kernelFeatures.map((name) => [name, known(true)])) as SystemSide['features'];

export type Side = ReturnType<typeof fitFacts>;

/** Hosts that are fit and reach each other, with what is changed of some of them. */
export function evidenceOf(
  names: readonly string[],
  changes: {
    wants?: Partial<PreflightWants>;
    facts?: Partial<Record<string, (side: Side) => Side>>;
    unseen?: Partial<Record<string, Partial<PreflightFacts>>>;
    members?: readonly string[];
    probes?: (probe: UnderlayProbe) => UnderlayProbe;
    firewalls?: Record<string, Observed<string>>;
  } = {},
): PreflightEvidence {
  const wants = { ...plainWants(names), addressPools: ['10.200.0.0/16'], ...changes.wants };
  const hosts = names.map((name) => ({ name, address: addressOf(name), port: 22 }));
  const change = changes.probes ?? ((probe: UnderlayProbe) => probe);
  return {
    wants,
    hosts,
    facts: Object.fromEntries(
      names.map((name) => {
        const { engine, system } = (changes.facts?.[name] ?? ((side: Side) => side))(fitFacts(name));
        return [name, { engine: known(engine), system: known(system), ...changes.unseen?.[name] }];
      }),
    ),
    ours: null,
    members: changes.members ?? [],
    addresses: Object.fromEntries(
      names.map((name) => [name, { advertise: addressOf(name), dataPath: addressOf(name), mtu: 1500 }]),
    ),
    probes: names.flatMap((from) =>
      names.filter((to) => to !== from).flatMap((to) => probesBetween(from, to, wants).map(change)),
    ),
    unprobed: {},
    firewalls: changes.firewalls ?? {},
  };
}

const asked: ProbeName[] = [
  'ping',
  'path-mtu',
  'tcp-2377',
  'tcp-7946',
  'udp-7946',
  'udp-data',
  'udp-control',
  'udp-large',
];

function probesBetween(from: string, to: string, { dataPathPort }: PreflightWants): UnderlayProbe[] {
  const ports: Partial<Record<ProbeName, number>> = {
    'tcp-2377': 2377,
    'tcp-7946': 7946,
    'udp-7946': 7946,
    'udp-data': dataPathPort,
    'udp-control': controlPortFor(dataPathPort),
    'udp-large': controlPortFor(dataPathPort),
  };
  return asked.map((probe) => ({
    probe,
    from,
    to,
    address: addressOf(to),
    port: ports[probe] ?? null,
    result: 'ok',
    error: null,
    detail: 'ok',
    source: probe.startsWith('udp') ? addressOf(from) : null,
    mtu: probe === 'path-mtu' ? 1500 : null,
    ms: 0.2,
    echoes: null,
  }));
}
