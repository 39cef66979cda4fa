import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { type Cidr, includesIp, overlaps, parseCidr } from '../net/cidr.ts';
import { innerInterface } from '../plan/addresses.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { EngineSide, Route, SystemSide } from '../preflight/facts.ts';
import { nameList } from '../name-list.ts';

/** Ranges of overlays and bridges against every route and nameserver of every host: Swarm itself looks at none. */
export const rangeFindings = (evidence: PreflightEvidence): Finding[] => [
  ...subnetFindings(evidence),
  ...poolFindings(evidence),
  ...bridgeFindings(evidence),
];

interface Own {
  host: string;
  routes: Route[];
  resolvers: string[];
}

/** Routes but for those of the host's own containers, which no overlay disturbs. */
const ownRanges = ({ hosts, facts }: PreflightEvidence): Own[] =>
  hosts.flatMap(({ name: host }) => {
    const system = facts[host]?.system;
    if (system?.known !== true) return [];
    const { routes, resolvers } = system.value;
    const outer = routes.known ? routes.value.filter(({ dev }) => !innerInterface.test(dev)) : [];
    return [{ host, routes: outer, resolvers: resolvers.known ? resolvers.value : [] }];
  });

const routeText = (host: string, { to, dev, table }: Route): string =>
  `${host}: route to ${to} on ${dev}${table === 'main' ? '' : ` (table ${table})`}`;

const overlapping = (range: Cidr, routes: readonly Route[]): Route[] =>
  routes.filter(({ to }) => {
    const other = parseCidr(to);
    return other !== undefined && overlaps(range, other);
  });

/** Subnets that are written in the spec: they will be used for certain. */
function subnetFindings(evidence: PreflightEvidence): Finding[] {
  const own = ownRanges(evidence);
  return evidence.wants.subnets.flatMap(({ network, subnet }) => {
    const range = parseCidr(subnet);
    if (range === undefined) return [];
    const hit = own.flatMap(({ host, routes }) =>
      overlapping(range, routes).map((route) => ({ host, line: routeText(host, route) })),
    );
    const resolving = own.flatMap(({ host, resolvers }) =>
      resolvers
        .filter((server) => includesIp(range, server))
        .map((server) => ({ host, line: `${host}: nameserver ${server}` })),
    );
    const told = (seen: typeof hit) => ({
      hosts: [...new Set(seen.map(({ host }) => host))],
      network,
      evidence: [...new Set(seen.map(({ line }) => line))],
    });
    const routed =
      hit.length === 0
        ? []
        : [
            findingOf('subnet-overlaps-route', {
              ...told(hit),
              message: `The subnet ${subnet} of the network ${network} lies over a route of ${nameList(told(hit).hosts)}.`,
            }),
          ];
    if (resolving.length === 0) return routed;
    const consequence = hit.length === 0 ? {} : { consequenceOf: 'subnet-overlaps-route' as const };
    return [...routed, findingOf('resolver-in-subnet', { ...told(resolving), ...consequence })];
  });
}

const enginePool = '10.0.0.0/8';
/** As many networks as a cluster is likely to have: Swarm takes subnets from the start of a pool. */
const likelySubnets = 64n;

/** Pools are only taken from while the swarm has none yet; a running one is too late for that. */
function poolFindings(evidence: PreflightEvidence): Finding[] {
  if (evidence.members.length > 0) return [];
  const written = evidence.wants.addressPools;
  const subnets = evidence.wants.subnets.flatMap(({ subnet }) => parseCidr(subnet) ?? []);
  return (written.length === 0 ? [enginePool] : written).flatMap((text) => {
    const pool = parseCidr(text);
    if (pool === undefined) return [];
    const hit = ownRanges(evidence).flatMap(({ host, routes, resolvers }) => [
      ...overlapping(pool, routes).map((route) => ({ host, at: parseCidr(route.to), line: routeText(host, route) })),
      ...resolvers
        .filter((server) => includesIp(pool, server))
        .map((server) => ({ host, at: parseCidr(`${server}/32`), line: `${host}: nameserver ${server}` })),
    ]);
    if (hit.length === 0) return [];
    const isNear = hit.some(({ at }) => at !== undefined && overlaps(startOf(pool, likelySubnets), at));
    const isFirst = hit.some(({ at }) => at !== undefined && overlaps(startOf(pool, 1n), at));
    const hosts = [...new Set(hit.map(({ host }) => host))];
    // What a written subnet lies over is told of the subnet.
    const isTold = hit.every(({ at }) => at !== undefined && subnets.some((subnet) => overlaps(subnet, at)));
    return [
      findingOf('pool-overlaps-route', {
        ...(isTold ? { consequenceOf: 'subnet-overlaps-route' as const } : {}),
        message: `The address pool ${text}${written.length === 0 ? ', which engines use unless told otherwise,' : ''} lies over routes of ${nameList(hosts)}.`,
        hosts,
        severity: isFirst ? 'error' : isNear || written.length > 0 ? 'warning' : 'note',
        evidence: [...new Set(hit.map(({ line }) => line))],
      }),
    ];
  });
}

/** The first so many /24 of a pool. */
function startOf(pool: Cidr, subnets: bigint): Cidr {
  const bits = pool.family === 4 ? 8n : 64n;
  const wanted = subnets << bits;
  let prefix = pool.family === 4 ? 32 : 128;
  for (let size = 1n; size < wanted; size *= 2n) prefix -= 1;
  return { ...pool, prefix: Math.max(prefix, pool.prefix) };
}

/** Where the engine takes ranges for its own bridges from, unless it is told otherwise (in this order). */
const bridgePools = [
  '172.17.0.0/16',
  '172.18.0.0/16',
  '172.19.0.0/16',
  '172.20.0.0/14',
  '172.24.0.0/14',
  '172.28.0.0/14',
  '192.168.0.0/16',
];

/** docker_gwbridge is made at init or join, from the first range that is free; it must not cover the way in. */
function bridgeFindings(evidence: PreflightEvidence): Finding[] {
  return evidence.hosts.flatMap(({ name }) => {
    const { engine, system } = evidence.facts[name] ?? {};
    if (engine?.known !== true || system?.known !== true) return [];
    const ranges = bridgeRanges(engine.value);
    const hit = ranges.flatMap((text) => {
      const range = parseCidr(text);
      return range === undefined ? [] : waysIn(system.value, range, engine.value).map((line) => `${text}: ${line}`);
    });
    if (hit.length === 0) return [];
    return [findingOf('gwbridge-overlaps-route', { hosts: [name], evidence: hit.map((line) => `${name}: ${line}`) })];
  });
}

/** The range that the bridge has, or the one that it will get: the first that no local network holds. */
function bridgeRanges({ bridges, localPools }: EngineSide): string[] {
  const now = bridges.find(({ name }) => name === 'docker_gwbridge');
  if (now !== undefined) return now.subnets;
  const pools = localPools.known && localPools.value.length > 0 ? localPools.value : bridgePools;
  const held = bridges.flatMap(({ subnets }) => subnets.flatMap((text) => parseCidr(text) ?? []));
  const free = pools.find((text) => {
    const pool = parseCidr(text);
    return pool !== undefined && held.every((one) => !overlaps(pool, one));
  });
  return free === undefined ? [] : [free];
}

/** The engine skips ranges with a route of their own in the main table; it does not see the default way in. */
function waysIn({ routes, sshFrom }: SystemSide, range: Cidr, { bridges }: EngineSide): string[] {
  const exists = bridges.some(({ name }) => name === 'docker_gwbridge');
  const outer = routes.known
    ? routes.value.filter(({ dev, table }) => !innerInterface.test(dev) && (exists || table !== 'main'))
    : [];
  const from = sshFrom.known && includesIp(range, sshFrom.value) ? [`our own SSH comes from ${sshFrom.value}`] : [];
  return [...overlapping(range, outer).map(({ to, dev }) => `route to ${to} on ${dev}`), ...from];
}
