import type { GossipLook } from '#core/diagnosis/symptoms.ts';
import { AppError } from '#core/errors.ts';
import type { NetworkFacts } from '#core/observation.ts';
import type { CheckResult } from '#core/verification.ts';
import { naturally } from '#core/natural-order.ts';
import { inspectNetwork } from '../docker/networks.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { waitFor } from '../wait-for.ts';
import type { Endpoint } from './endpoints.ts';

interface Asked {
  hosts: Hosts;
  networks: readonly NetworkFacts[];
  endpoints: readonly Endpoint[];
  /** Hosts that cannot be asked: not seen is not cut off. */
  away: ReadonlySet<string>;
  settleMs: number;
}

/**
 * Whom each host's engine gossips with, per network, against the hosts that have a container on it. Plain inspect has
 * the peers too; the verbose one makes old engines log an error per endpoint.
 */
export async function gossipChecks(asked: Asked): Promise<{ looks: GossipLook[]; checks: CheckResult[] }> {
  let looks: GossipLook[] = [];
  const look = async (): Promise<true | undefined> => {
    looks = await readGossip(asked);
    return looks.every(isComplete) ? true : undefined;
  };
  await waitFor(look, { limitMs: asked.settleMs, firstMs: 500, longestMs: 1000 });
  return { looks, checks: looks.map(checkOf) };
}

const isComplete = ({ peers, expected }: GossipLook): boolean => expected.length < 2 || peers.length >= expected.length;

async function readGossip({ hosts, networks, endpoints, away }: Asked): Promise<GossipLook[]> {
  const looks = networks.flatMap((network) => {
    const own = endpoints.filter((endpoint) => endpoint.network === network.name).map(({ host }) => host);
    const expected = [...new Set(own)].filter((host) => !away.has(host)).toSorted(naturally);
    return expected.length < 2 ? [] : expected.map((host) => ask(hosts, host, network, expected));
  });
  return (await Promise.all(looks)).flat();
}

async function ask(hosts: Hosts, host: string, network: NetworkFacts, expected: string[]): Promise<GossipLook[]> {
  try {
    const answer = await orNullOn404(inspectNetwork(hosts.engine(host), network.id, {}, { timeoutMs: 5000 }));
    const peers = answer === null ? [] : answer.Peers.map(({ IP }) => IP);
    return [{ network: network.name, host, peers, expected }];
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

const checkOf = (look: GossipLook): CheckResult => ({
  level: 'L2',
  check: 'gossip',
  network: look.network,
  from: look.host,
  to: null,
  target: look.network,
  result: isComplete(look) ? 'ok' : 'failed',
  detail: `lists ${look.peers.length} of ${look.expected.length} peers`,
  ms: null,
});
