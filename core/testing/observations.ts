import type { Host } from '../host.ts';
import type {
  ContainerFacts,
  EngineFacts,
  HostFacts,
  NetworkFacts,
  NodeFacts,
  Observation,
  ServiceFacts,
  SwarmFacts,
  SystemFacts,
} from '../observation.ts';
import { known, unknown } from '../observed.ts';
import type { PlanInput } from '../plan/input.ts';
import { clusterLabel } from '../spec/names.ts';
import { type SpecInput, specSchema } from '../spec/spec.ts';

/** Hosts h1, h2, … are at 10.79.0.1, 10.79.0.2, … */
export const addressOf = (host: string): string => `10.79.0.${host.slice(1)}`;
export const nodeIdOf = (host: string): string => `node-${host}`;
export const swarmId = 'swarm-1';

export const host = (name: string): Host => ({
  name,
  address: addressOf(name),
  port: 22,
  user: 'root',
  key: 'default',
  via: null,
  hostKeys: [],
  acceptNew: false,
  cluster: 'demo',
});

/** What an engine that is in no swarm says of it. */
export const inNoSwarm: EngineFacts['swarm'] = {
  state: 'inactive',
  nodeId: null,
  nodeAddr: null,
  controlAvailable: false,
  clusterId: null,
  error: null,
};

/** Facts of a bare host: engine 20.10, in no swarm, no ip_vs, nothing runs. */
export function hostFacts(name: string, peers: readonly string[] = []): HostFacts {
  return {
    engine: {
      version: '20.10.24',
      apiVersion: '1.41',
      engineId: `engine-${name}`,
      hostname: name,
      os: 'Debian GNU/Linux 12 (bookworm)',
      arch: 'x86_64',
      kernel: '6.18.0',
      liveRestore: false,
      rootless: false,
      swarm: inNoSwarm,
    },
    system: known(systemFacts(name, peers)),
    containers: [],
  };
}

export const systemFacts = (name: string, peers: readonly string[] = []): SystemFacts => ({
  machineId: `machine-${name}`,
  ipVs: false,
  listeningTcp: [22],
  listeningUdp: [],
  addresses: [
    { iface: 'lo', address: '127.0.0.1', prefix: 8, mtu: 65536 },
    { iface: 'eth0', address: addressOf(name), prefix: 24, mtu: 1500 },
    { iface: 'docker0', address: '172.17.0.1', prefix: 16, mtu: 1500 },
  ],
  clockOffsetMs: 0,
  pathMtu: Object.fromEntries(
    peers.filter((peer) => peer !== name).map((peer) => [addressOf(peer), { bytes: 1500, measured: true }]),
  ),
});

/** Hosts with Docker and nothing else; no swarm anywhere. */
export const bareHosts = (...names: string[]): Observation => ({
  at: '2026-11-24T00:00:00.000Z',
  hosts: Object.fromEntries(names.map((name) => [name, known(hostFacts(name, names))])),
  swarm: known(null),
});

/** Hosts that are one swarm of the cluster `demo`; `managers` are those that are managers, the first leads. */
export function formedSwarm(managers: readonly string[], workers: readonly string[]): Observation {
  const names = [...managers, ...workers];
  const facts = Object.fromEntries(
    names.map((name) => [name, known(memberFacts(name, names, managers.includes(name)))]),
  );
  return { at: '2026-11-24T00:00:00.000Z', hosts: facts, swarm: known(swarmFacts(managers, workers)) };
}

function memberFacts(name: string, peers: readonly string[], isManager: boolean): HostFacts {
  const facts = hostFacts(name, peers);
  const clusterId = isManager ? swarmId : null;
  const swarm = {
    state: 'active',
    nodeId: nodeIdOf(name),
    nodeAddr: addressOf(name),
    controlAvailable: isManager,
    clusterId,
    error: null,
  } as const;
  return { ...facts, engine: { ...facts.engine, swarm } };
}

export const swarmFacts = (managers: readonly string[], workers: readonly string[]): SwarmFacts => ({
  id: swarmId,
  labels: { [clusterLabel]: 'demo' },
  manager: managers[0] ?? '',
  dataPathPort: 4789,
  addressPools: ['10.200.0.0/16'],
  subnetSize: 24,
  nodes: [...managers, ...workers].map((name) => nodeFacts(name, managers.includes(name), name === managers[0])),
  networks: [ingressNetwork],
  services: [],
});

const nodeFacts = (name: string, isManager: boolean, leader: boolean): NodeFacts => ({
  id: nodeIdOf(name),
  hostname: name,
  role: isManager ? 'manager' : 'worker',
  availability: 'active',
  state: 'ready',
  addr: addressOf(name),
  leader,
  labels: {},
});

const ingressNetwork: NetworkFacts = {
  id: 'network-ingress',
  name: 'ingress',
  driver: 'overlay',
  attachable: false,
  internal: false,
  ingress: true,
  enableIpv6: false,
  options: {},
  labels: {},
  subnets: [{ subnet: '10.200.0.0/24', gateway: '10.200.0.1', ipRange: null }],
};

/* ---- changes to an observation, each giving a new one ---- */

type Change<T> = (value: T) => T;

/** With the facts of one host changed. */
export function withHost(observation: Observation, name: string, change: Change<HostFacts>): Observation {
  const facts = observation.hosts[name];
  if (facts?.known !== true) throw new Error(`${name} is not known in this observation`);
  return { ...observation, hosts: { ...observation.hosts, [name]: known(change(facts.value)) } };
}

/** With the system facts of one host changed. */
export const withSystem = (observation: Observation, name: string, change: Partial<SystemFacts>): Observation =>
  withHost(observation, name, (facts) =>
    facts.system.known ? { ...facts, system: known({ ...facts.system.value, ...change }) } : facts,
  );

/** With the engine facts of one host changed. */
export const withEngine = (observation: Observation, name: string, change: Partial<HostFacts['engine']>): Observation =>
  withHost(observation, name, (facts) => ({ ...facts, engine: { ...facts.engine, ...change } }));

/** With one host that could not be seen. */
export const withUnseen = (observation: Observation, name: string, reason: string, code?: string): Observation => ({
  ...observation,
  hosts: { ...observation.hosts, [name]: unknown(reason, code) },
});

/** With the swarm changed. */
export function withSwarm(observation: Observation, change: Change<SwarmFacts>): Observation {
  const { swarm } = observation;
  if (!swarm.known || swarm.value === null) throw new Error('there is no swarm in this observation');
  return { ...observation, swarm: known(change(swarm.value)) };
}

export const withNetwork = (observation: Observation, network: Partial<NetworkFacts> & { name: string }): Observation =>
  withSwarm(observation, (swarm) => ({
    ...swarm,
    networks: [
      ...swarm.networks,
      { ...ingressNetwork, id: `network-${network.name}`, ingress: false, subnets: [], ...network },
    ],
  }));

export const withService = (observation: Observation, service: ServiceFacts): Observation =>
  withSwarm(observation, (swarm) => ({ ...swarm, services: [...swarm.services, service] }));

export const withContainer = (
  observation: Observation,
  name: string,
  container: Partial<ContainerFacts> & { name: string },
): Observation =>
  withHost(observation, name, (facts) => ({
    ...facts,
    containers: [
      ...facts.containers,
      {
        id: `container-${container.name}`,
        image: 'nginx',
        state: 'running',
        labels: {},
        networks: ['bridge'],
        publishedPorts: [],
        ...container,
      },
    ],
  }));

/* ---- the whole input ---- */

/** What to plan: a spec of the cluster `demo` on an observation. Every node of the spec is a registered host. */
export function inputOf(
  spec: Omit<SpecInput, 'cluster'>,
  observation: Observation,
  more: Partial<PlanInput> = {},
): PlanInput {
  const parsed = specSchema.parse({ cluster: 'demo', ...spec });
  return {
    cluster: 'demo',
    record: recordOf(observation),
    hosts: Object.keys(parsed.nodes).map((name) => host(name)),
    base: null,
    revision: 1,
    spec: parsed,
    decisions: [],
    observation,
    ...more,
  };
}

/** As the API would have it on record: the swarm, and the node of each host that the swarm lists. */
export function recordOf({ hosts, swarm }: Observation): PlanInput['record'] {
  const value = swarm.known ? swarm.value : null;
  const nodes = Object.keys(hosts).filter((name) => value?.nodes.some(({ id }) => id === nodeIdOf(name)));
  return { swarmId: value?.id ?? null, nodes: Object.fromEntries(nodes.map((name) => [name, nodeIdOf(name)])) };
}
