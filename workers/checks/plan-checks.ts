import type { NetworkFacts } from '#core/observation.ts';
import type { Endpoint, EndpointView } from './endpoints.ts';
import { type Ask, type BulkTarget, bulkPort, type Expected, type PlannedCheck } from './planned-check.ts';

const bulkBytes = 1_048_576;
/** Limits of one try: what fails is asked again, and a cause is to be told soon. */
const limitMs = { ping: 2000, tcp: 2500, http: 4000, bulk: 4000 };

/** Bytes that fit into a container's packet: the option means the underlay, the driver takes its own headers off. */
export function containerMtu(network: NetworkFacts): number {
  const underlay = Number(network.options['com.docker.network.driver.mtu'] ?? 1500);
  const plain = underlay - 50;
  return 'encrypted' in network.options ? Math.floor((plain - 26) / 4) * 4 : plain;
}

/** What is asked from one place of one host. */
export interface Near {
  from: string;
  /** All networks that the place is on: a name may be answered for any of them. */
  networks: readonly NetworkFacts[];
  peers: readonly string[];
  /** Hosts whose containers may be gone: their addresses are neither asked for nor missed. */
  away: ReadonlySet<string>;
}

/** All checks of the overlays from one vantage point toward the peers of its host. */
export function checksFrom(near: Near, view: EndpointView, bulkTargets: readonly BulkTarget[]): PlannedCheck[] {
  return near.networks.flatMap((network) => {
    const here: Here = { ...near, network: network.name };
    const there = view.endpoints.filter((endpoint) => endpoint.network === network.name);
    const remote = there.filter(({ host }) => near.peers.includes(host));
    return [
      ...serviceChecks(here, view),
      ...nameChecks(here, view),
      ...remote.flatMap((endpoint) => endpointChecks(here, endpoint, containerMtu(network))),
      ...bulkChecks(
        here,
        bulkTargets.filter((target) => target.network === network.name && near.peers.includes(target.host)),
      ),
    ];
  });
}

interface Here extends Near {
  network: string;
}
type Level = PlannedCheck['level'];

const checkOf = (
  { network, from }: Here,
  level: Level,
  check: string,
  about: { to: string | null; target: string },
  ask: Ask,
): PlannedCheck => ({ network, from, ...about, level, check, ask });

/** A service answers by its own name from every node, whichever of its tasks takes the call. */
function serviceChecks(here: Here, view: EndpointView): PlannedCheck[] {
  return view.services
    .filter((service) => service.networks.includes(here.network) && service.hosts.length > 0)
    .flatMap(({ name, ports, hosts }) => {
      const to = onlyAway(here, hosts);
      return [
        checkOf(here, 'L3', 'dns', { to, target: name }, { kind: 'dns', name }),
        ...ports.flatMap((port) => portChecks(here, to, name, port)),
      ];
    });
}

/** A name that leads nowhere but to hosts that are away says nothing without them: it is asked as one of the first. */
const onlyAway = ({ away }: Here, hosts: readonly string[]): string | null =>
  hosts.every((host) => away.has(host)) ? (hosts[0] ?? null) : null;

/** `tasks.<service>` gives the addresses of its running tasks and no other; a container's name gives its own. */
function nameChecks(here: Here, view: EndpointView): PlannedCheck[] {
  const own = view.endpoints.filter(({ network }) => network === here.network);
  const tasks = Map.groupBy(
    own.filter(({ kind }) => kind === 'task'),
    ({ name }) => name,
  );
  const dns = (name: string, to: string | null, listed: readonly Endpoint[]): PlannedCheck => ({
    ...checkOf(here, 'L3', 'dns', { to, target: name }, { kind: 'dns', name }),
    expect: expectations(here, view, listed),
  });
  return [
    ...[...tasks].map(([service, listed]) =>
      dns(
        `tasks.${service}`,
        onlyAway(
          here,
          listed.map(({ host }) => host),
        ),
        listed,
      ),
    ),
    ...own
      .filter(({ kind, host }) => kind === 'container' && here.peers.includes(host))
      .map((endpoint) => dns(endpoint.name, endpoint.host, [endpoint])),
  ];
}

/** What fits on each network that the place shares with the name. */
function expectations({ networks, away }: Here, view: EndpointView, listed: readonly Endpoint[]): Expected[] {
  const [{ kind, name } = { kind: '', name: '' }] = listed;
  return networks.flatMap((network) => {
    const isMeant = (one: Endpoint): boolean => one.network === network.name && one.kind === kind && one.name === name;
    const there = view.endpoints.filter(isMeant);
    const known = [...there, ...view.elsewhere.filter(isMeant)].map(({ address }) => address);
    const allowed = kind === 'task' && !view.isWhole ? null : known;
    const required = there.filter(({ host }) => !away.has(host)).map(({ address }) => address);
    return there.length === 0 ? [] : [{ allowed, required: kind === 'task' ? required : [] }];
  });
}

function portChecks(here: Here, to: string | null, host: string, port: number): PlannedCheck[] {
  const url = `http://${host}:${port}/`;
  return [
    checkOf(here, 'L5', 'tcp', { to, target: `${host}:${port}` }, { kind: 'tcp', host, port, timeoutMs: limitMs.tcp }),
    checkOf(here, 'L5', 'http', { to, target: url }, { kind: 'http', url, timeoutMs: limitMs.http }),
  ];
}

/** Every container on another host: small and large packets, its ports. */
function endpointChecks(here: Here, endpoint: Endpoint, mtu: number): PlannedCheck[] {
  const { host: to, address, kind } = endpoint;
  // 28 bytes of IP and ICMP headers make the packet exactly as large as the network promises to carry.
  const size = mtu - 28;
  const ping = { kind: 'ping' as const, host: address, timeoutMs: limitMs.ping };
  return [
    checkOf(here, 'L4', 'ping', { to, target: address }, ping),
    checkOf(here, 'L4', 'ping-large', { to, target: address }, { ...ping, size, df: true }),
    // A task has no name of its own, so its ports are asked for by address; the service's name is asked for above.
    ...endpoint.ports.flatMap((port) => portChecks(here, to, kind === 'task' ? address : endpoint.name, port)),
  ];
}

/** One megabyte to the prober of each peer host, which counts and hashes what arrives. */
const bulkChecks = (here: Here, targets: readonly BulkTarget[]): PlannedCheck[] =>
  targets.map(({ host, address }) => {
    const nonce = `${here.from}-${host}-${crypto.randomUUID()}`;
    const ask: Ask = { kind: 'bulk', host: address, port: bulkPort, nonce, bytes: bulkBytes, timeoutMs: limitMs.bulk };
    return checkOf(here, 'L5', 'bulk', { to: host, target: address }, ask);
  });
