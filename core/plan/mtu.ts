import type { Decision } from '../plan.ts';
import { fixedDecision, mtuPath } from './decisions.ts';
import { codeOf, hostNotSeen } from './membership.ts';
import type { Problem } from './part.ts';
import { factsOf, type World } from './world.ts';

/** What Docker's overlay driver takes the underlay to be when it is told nothing. */
export const defaultMtu = 1500;

/** The smallest underlay MTU between the nodes of the spec, with how it was found. */
export interface PathMtu {
  bytes: number;
  /** Where: `h1 to h2, measured`. */
  where: string;
  reason: string;
}

export type ResolvedMtu =
  | { kind: 'resolved'; bytes: number; decision: Decision | null }
  | { kind: 'unknown'; problems: Problem[] };

/** The MTU of a network that is to be made: as written, as fixed earlier, or from what was measured now. */
export function resolveMtu(world: World, network: string): ResolvedMtu {
  const written = world.spec.networks[network]?.mtu ?? 'auto';
  if (written !== 'auto') return { kind: 'resolved', bytes: written, decision: null };
  const fixed = fixedDecision(world, mtuPath(network));
  if (fixed !== undefined) return { kind: 'resolved', bytes: Number(fixed.value), decision: null };
  const problems = unseenSystems(world);
  if (problems.length > 0) return { kind: 'unknown', problems };
  const { bytes, reason } = smallestPath(world);
  return { kind: 'resolved', bytes, decision: { path: mtuPath(network), value: bytes, reason } };
}

/** Hosts of the spec whose underlay could not be looked at. */
export function unseenSystems(world: World): Problem[] {
  return world.nodes.flatMap((host) => {
    const facts = factsOf(world, host);
    if (!facts.known) return [hostNotSeen(host, facts.reason, codeOf(facts.code))];
    const { system } = facts.value;
    return system.known ? [] : [hostNotSeen(host, system.reason, codeOf(system.code))];
  });
}

/** Measured paths as they are; an interface's own MTU counts up to 1500 only, as it says nothing of the path behind it. */
export function smallestPath(world: World): PathMtu {
  const paths = pathsOf(world);
  const links = linksOf(world);
  const [smallest] = [...paths, ...links].sort((a, b) => a.bytes - b.bytes);
  if (smallest !== undefined && usesIpv6(world)) {
    const reason = `${smallest.reason}, less ${ipv6Extra} for the larger header of IPv6`;
    return { ...smallest, bytes: smallest.bytes - ipv6Extra, reason };
  }
  return smallest ?? { bytes: defaultMtu, where: 'nowhere', reason: 'the usual MTU; nothing was measured' };
}

/** The driver subtracts the headers of an IPv4 underlay; those of IPv6 are this many bytes larger. */
const ipv6Extra = 20;

/** True when a node is known to its peers by an IPv6 address. */
const usesIpv6 = (world: World): boolean =>
  world.nodes.some((host) => {
    const facts = factsOf(world, host);
    const now = facts.known ? facts.value.engine.swarm.nodeAddr : null;
    const asked = world.spec.nodes[host]?.advertise_addr ?? world.hosts.get(host)?.address;
    return (now ?? asked ?? '').includes(':');
  });

/** True when at least one path between two nodes was looked at. */
export const hasPaths = (world: World): boolean => pathsOf(world).length > 0;

function pathsOf(world: World): PathMtu[] {
  const nameOf = new Map([...world.hosts.values()].map(({ name, address }) => [address, name]));
  return world.nodes.flatMap((host) => {
    const facts = factsOf(world, host);
    if (!facts.known || !facts.value.system.known) return [];
    return Object.entries(facts.value.system.value.pathMtu).map(([peer, { bytes, measured }]) => {
      const how = measured ? 'measured' : 'not measured, as its interface says';
      const where = `${host} to ${nameOf.get(peer) ?? peer}, ${how}`;
      return {
        bytes: measured ? bytes : Math.min(bytes, defaultMtu),
        where,
        reason: `the smallest path MTU between the nodes: ${where}`,
      };
    });
  });
}

/** For a single node, which has no path to another one: its own link, at most the usual MTU. */
function linksOf(world: World): PathMtu[] {
  if (hasPaths(world)) return [];
  return world.nodes.flatMap((host) => {
    const facts = factsOf(world, host);
    if (!facts.known || !facts.value.system.known) return [];
    const address = facts.value.engine.swarm.nodeAddr ?? world.hosts.get(host)?.address;
    const link = facts.value.system.value.addresses.find((candidate) => candidate.address === address);
    if (link === undefined) return [];
    const where = `${link.iface} on ${host}`;
    return [
      {
        bytes: Math.min(link.mtu, defaultMtu),
        where,
        reason: `the MTU of ${where}, at most ${defaultMtu}, as there is no path to measure`,
      },
    ];
  });
}
