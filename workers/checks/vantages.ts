import type { NetworkFacts } from '#core/observation.ts';
import type { Endpoint } from './endpoints.ts';
import type { Place, Vantage } from './planned-check.ts';
import type { Scene } from './scene.ts';

/** Above this many nodes each tests `sampledPeers` others only, unless all pairs were asked for. */
const sampledAbove = 10;
const sampledPeers = 4;

/** Which hosts each host tests: all others, or the next ones in a ring, so that each is tested by as many. */
export function peersOf(hosts: readonly string[], full: boolean): { peers: Map<string, string[]>; sampled: boolean } {
  const sampled = !full && hosts.length > sampledAbove;
  const count = sampled ? sampledPeers : hosts.length - 1;
  const peers = hosts.map((host, index): [string, string[]] => [
    host,
    Array.from({ length: Math.max(0, count) }, (_, offset) => hosts[(index + 1 + offset) % hosts.length] ?? host),
  ]);
  return { peers: new Map(peers), sampled };
}

/** The same with the way back of each: of an echo that was lost either way may be dead. */
export function bothWays(peers: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const all = new Map([...peers].map(([from, others]) => [from, new Set(others)]));
  for (const [from, others] of peers) for (const to of others) all.get(to)?.add(from);
  return new Map([...all].map(([from, others]) => [from, [...others]]));
}

/**
 * Where to look from: inside running containers, which takes no overlay address and sees the networks as the application
 * does. As few as cover all networks of a host, mostly one; one more is attached to those where the host has none, as
 * far as they allow it, and the host takes new containers: on a drained or paused node the engine waits in vain.
 */
export function vantagesOf(
  hosts: readonly string[],
  networks: readonly NetworkFacts[],
  endpoints: readonly Endpoint[],
  closed: Scene['closed'] = new Map(),
): Vantage[] {
  return hosts.flatMap((host) => {
    const own = endpoints.filter((one) => one.host === host && networks.some(({ name }) => name === one.network));
    const inside = cover(host, own);
    if (closed.has(host)) return inside;
    const left = networks.filter(({ name, attachable }) => attachable && !own.some(({ network }) => network === name));
    return left.length === 0
      ? inside
      : [...inside, { host, kind: 'attached' as const, networks: left.map(({ id, name }) => ({ id, name })) }];
  });
}

/** Takes the container that covers most of what is left, until nothing is. */
function cover(host: string, endpoints: readonly Endpoint[]): Vantage[] {
  const byContainer = [...Map.groupBy(endpoints, ({ containerId }) => containerId)];
  const covered = new Set<string>();
  const chosen: Vantage[] = [];
  for (;;) {
    const [best] = byContainer
      .map(([containerId, own]) => ({ containerId, places: own.filter(({ network }) => !covered.has(network)) }))
      .toSorted((a, b) => b.places.length - a.places.length);
    if (best === undefined || best.places.length === 0) return chosen;
    const places = best.places.map(({ network, address }): Place => ({ network, address }));
    chosen.push({ host, kind: 'inside', containerId: best.containerId, places });
    for (const { network } of places) covered.add(network);
  }
}

/** Names of the networks that are seen from a vantage point. */
export function networksAt(vantage: Vantage): string[] {
  if (vantage.kind === 'inside') return vantage.places.map(({ network }) => network);
  return vantage.kind === 'attached' ? vantage.networks.map(({ name }) => name) : [];
}
