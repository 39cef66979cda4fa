import type { Host } from '#core/host.ts';
import type { Observation } from '#core/observation.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from '../hosts.ts';
import { askHeldOf } from './observe-held.ts';
import { observeHost } from './observe-host.ts';
import { withReach } from './reach.ts';
import { observeSwarm } from './observe-swarm.ts';

/** Above this many hosts, the path MTU is measured from each host to this many others only. */
const mtuPeersMax = 3;

/** Asks every host at once, then one manager. Never throws for a host that cannot be seen: its facts are unknown. */
export async function observeCluster(
  hosts: Hosts,
  lease: Pick<Lease, 'cluster' | 'revision' | 'heldBefore'>,
): Promise<Observation> {
  const measure = needsPathMtu(lease.revision);
  const entries = await Promise.all(
    hosts.all.map(async (host, index) => {
      const peers = measure ? peersOf(hosts.all, index) : [];
      return [host.name, await observeHost(hosts, host.name, peers)] as const;
    }),
  );
  const seen = await withReach(hosts, Object.fromEntries(entries), lease.revision);
  return {
    at: new Date().toISOString(),
    hosts: seen,
    ...(await stateOfSecrets(hosts, lease.revision)),
    swarm: await observeSwarm(hosts, seen, { swarmId: lease.cluster?.swarmId ?? null, ask: askHeldOf(lease) }),
  };
}

/** Of those that this worker is to make; left out where there are none. */
async function stateOfSecrets(hosts: Hosts, revision: Lease['revision']): Promise<Pick<Observation, 'workerSecrets'>> {
  const secrets = Object.entries(revision?.spec.secrets ?? {});
  const names = secrets.flatMap(([name, { external }]) => (external === true ? [] : [name]));
  return names.length === 0 ? {} : { workerSecrets: await hosts.secrets.states(names) };
}

/** True when a network asks for `mtu: auto` and the value was not fixed with an earlier plan. */
export function needsPathMtu(revision: Lease['revision']): boolean {
  if (revision === null) return false;
  const decided = new Set(revision.decisions.map((decision) => decision.path));
  return Object.entries(revision.spec.networks).some(
    ([name, network]) => network.mtu === 'auto' && !decided.has(`networks.${name}.mtu`),
  );
}

/** The next hosts in a ring, so that with few hosts every pair is covered and with many each is tested by some. */
function peersOf(all: readonly Host[], index: number): string[] {
  const count = Math.min(all.length - 1, mtuPeersMax);
  return Array.from({ length: count }, (_, offset) => all[(index + 1 + offset) % all.length]?.address ?? '');
}
