import { known, type Observed } from '#core/observed.ts';
import { inspectNetwork } from '../docker/networks.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from '../observe/observe-host.ts';

export interface LocalView {
  host: string;
  seen: Observed<{ present: boolean; peers: string[] }>;
  /** Endpoints that this host's engine lists; the load balancer's has an id that begins with `lb-`. */
  containers: { id: string; address: string; mac: string | null }[];
}

/** A network as one host's engine sees it: a worker knows it only once it has a container there. */
export async function localView(hosts: Hosts, host: string, network: string): Promise<LocalView> {
  try {
    const answer = await orNullOn404(inspectNetwork(hosts.engine(host), network));
    if (answer === null) return { host, seen: known({ present: false, peers: [] }), containers: [] };
    const containers = Object.entries(answer.Containers ?? {}).map(([id, one]) => ({
      id,
      address: one.IPv4Address.split('/')[0] ?? '',
      mac: typeof one['MacAddress'] === 'string' && one['MacAddress'] !== '' ? one['MacAddress'] : null,
    }));
    return { host, seen: known({ present: true, peers: answer.Peers.map(({ IP }) => IP) }), containers };
  } catch (error) {
    return { host, seen: unknownOf(error), containers: [] };
  }
}
