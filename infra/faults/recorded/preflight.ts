import { readFileSync } from 'node:fs';
import type { CauseId } from '#core/causes/catalogue.ts';
import { judgePreflight } from '#core/diagnosis/preflight.ts';
import { known } from '#core/observed.ts';
import type { PreflightEvidence } from '#core/preflight/evidence.ts';
import { type EngineSide, type PreflightFacts, preflightFactsSchema, type SystemSide } from '#core/preflight/facts.ts';
import { plainWants, type PreflightWants } from '#core/preflight/wants.ts';
import type { RecordedCase } from './types.ts';

const hosts = ['h1', 'h2', 'h3'];
const addressOf = (host: string): string => `10.79.6.${host.slice(1)}`;

/** What a healthy host of a lab said of itself, made to be of the host of that name. */
function factsOf(host: string): PreflightFacts {
  const file = new URL('./host-facts.json', import.meta.url);
  const facts = preflightFactsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { engine, system } = facts;
  if (!engine.known || !system.known) throw new Error('the recorded host was not seen');
  Object.assign(engine.value.facts, { hostname: host, engineId: `engine-of-${host}` });
  const mac = `02:4f:4c:00:06:0${host.slice(1)}`;
  const links = [{ iface: 'eth0', mac, mtu: 1500, vxlan: null, kind: null }];
  const addresses = [{ iface: 'eth0', address: addressOf(host), prefix: 24, mtu: 1500 }];
  Object.assign(system.value, {
    hostname: host,
    machineId: known(`machine-of-${host}`),
    links: known(links),
    addresses: known(addresses),
  });
  return facts;
}

interface Change {
  engine?: (engine: EngineSide) => void;
  system?: (system: SystemSide) => void;
  wants?: Partial<PreflightWants>;
  /** Hosts that are changed; h2 alone unless others are named. */
  on?: readonly string[];
}

function evidenceOf({ engine, system, wants, on = ['h2'] }: Change): PreflightEvidence {
  const facts = Object.fromEntries(hosts.map((host) => [host, factsOf(host)]));
  for (const host of on) {
    const own = facts[host];
    if (own?.engine.known === true) engine?.(own.engine.value);
    if (own?.system.known === true) system?.(own.system.value);
  }
  const addresses = hosts.map((host) => [host, { advertise: addressOf(host), dataPath: addressOf(host), mtu: 1500 }]);
  return {
    wants: { ...plainWants(hosts), managers: ['h1'], addressPools: ['10.200.0.0/16'], ...wants },
    hosts: hosts.map((name) => ({ name, address: addressOf(name), port: 22 })),
    facts,
    members: [],
    ours: null,
    addresses: Object.fromEntries(addresses),
    probes: [],
    unprobed: {},
    firewalls: {},
  };
}

const recorded = (name: string, id: CauseId, change: Change): RecordedCase => ({
  name,
  expected: { id, hosts: change.on ?? ['h2'] },
  report: () => judgePreflight(evidenceOf(change), new Map()),
});

const version =
  (text: string, api: string) =>
  ({ facts }: EngineSide): void => {
    Object.assign(facts, { version: text, apiVersion: api });
  };

/** Engines, kernels and machines of which a lab has none. */
export const recordedPreflights: RecordedCase[] = [
  recorded('engine-29.0.0', 'known-bad-engine', { engine: version('29.0.0', '1.52') }),
  recorded('engine-25.0.13-encrypted', 'known-bad-engine', {
    engine: version('25.0.13', '1.44'),
    wants: { encrypted: true },
  }),
  recorded('engine-19.03', 'engine-too-old', { engine: version('19.03.15', '1.40') }),
  recorded('rootless', 'rootless-engine', { engine: ({ facts }) => Object.assign(facts, { rootless: true }) }),
  recorded('nftables', 'nftables-backend', {
    engine: (engine) => {
      version('29.3.0', '1.54')(engine);
      engine.firewall = known('nftables');
    },
  }),
  recorded('no-vxlan', 'kernel-no-vxlan', {
    system: ({ features }) => Object.assign(features, { vxlan: known(false) }),
  }),
  recorded('no-bpf-match', 'kernel-no-bpf-match', {
    system: ({ features }) =>
      Object.assign(features, { esp: known(true), policy: known(true), bpf: known(false), u32: known(false) }),
    wants: { encrypted: true },
  }),
  recorded('no-br-netfilter', 'br-netfilter-missing', {
    system: ({ features }) => Object.assign(features, { br_netfilter: known(false) }),
  }),
  recorded('vmxnet3', 'nic-checksum-offload', {
    system: (system) => {
      system.cards = known([{ iface: 'eth0', driver: 'vmxnet3', checksumOffload: true }]);
    },
  }),
  recorded('lxc', 'container-virtualisation', {
    system: (system) => {
      system.virtualisation = known('lxc');
    },
  }),
  recorded('same-engine-id', 'same-engine-id', {
    engine: ({ facts }) => Object.assign(facts, { engineId: 'cloned' }),
    on: ['h2', 'h3'],
  }),
  recorded('same-mac', 'same-mac', {
    system: ({ links }) => {
      if (links.known) for (const link of links.value) link.mac = '02:4f:4c:00:06:09';
    },
    on: ['h1', 'h3'],
  }),
  recorded('resolver-in-subnet', 'resolver-in-subnet', {
    system: (system) => {
      system.resolvers = known(['10.200.1.2']);
    },
    wants: { subnets: [{ network: 'net', subnet: '10.200.1.0/24' }] },
  }),
];
