import { isAbout } from '#core/diagnosis/tasks.ts';
import type { CheckResult } from '#core/verification.ts';
import type { ListedContainer } from '../docker/containers.ts';
import type { Hosts } from '../hosts.ts';
import { askHosts, type Endpoint, type EndpointView } from './endpoints.ts';
import type { Vantage } from './planned-check.ts';

/**
 * Endpoints that are not there any more as they were listed: a program that crashes takes its place on the network with
 * it, and comes back at another one, so that what was asked there, or from there, says nothing of the network.
 */
export async function endedMeanwhile(
  hosts: Hosts,
  nodes: ReadonlyMap<string, string>,
  { endpoints, networks }: Pick<EndpointView, 'endpoints' | 'networks'>,
): Promise<Endpoint[]> {
  const local = await askHosts({ hosts, nodes });
  const running = new Map(
    local.flatMap(({ host, containers }) => (containers.known ? [[host, containers.value] as const] : [])),
  );
  const idOf = new Map(networks.map(({ name, id }) => [name, id]));
  return endpoints.filter((endpoint) => {
    const listed = running.get(endpoint.host);
    return listed !== undefined && !listed.some((one) => isStill(one, endpoint, idOf.get(endpoint.network)));
  });
}

/** An engine that lists no address for a network tells nothing of it. */
function isStill({ Id, NetworkSettings }: ListedContainer, { containerId, address }: Endpoint, network = ''): boolean {
  if (Id !== containerId) return false;
  const now = Object.values(NetworkSettings.Networks).find(({ NetworkID }) => NetworkID === network);
  return now === undefined || now.IPAddress === '' || now.IPAddress === address;
}

/**
 * What failed from or toward such a container is not known, or is skipped where its task has ended as it should (at one
 * of the addresses `endedWell`).
 */
export function withEnded(
  checks: readonly CheckResult[],
  ended: readonly Endpoint[],
  vantages: readonly Vantage[],
  endedWell: ReadonlySet<string> = new Set(),
): CheckResult[] {
  if (ended.length === 0) return [...checks];
  return checks.map((check): CheckResult => {
    if (check.result !== 'failed') return check;
    const from = vantageOf(check, vantages);
    const left =
      from?.kind === 'inside' ? ended.find(({ containerId }) => containerId === from.containerId) : undefined;
    const one = left ?? ended.find((endpoint) => isToward(check, endpoint));
    if (one === undefined) return check;
    const result = endedWell.has(one.address) ? 'skipped' : 'unknown';
    return { ...check, result, detail: `${check.detail}; ${one.name} on ${one.host} ended meanwhile` };
  });
}

/** Where a check was made from: the container on its network, or for what is about the hosts the first one of the host. */
const vantageOf = ({ from, network, level }: CheckResult, vantages: readonly Vantage[]): Vantage | undefined =>
  vantages.find((one) => {
    if (one.host !== from) return false;
    if (level === 'L1') return true;
    return one.kind === 'inside' && one.places.some((place) => place.network === network);
  });

/** An engine without a container on a network is no peer there any more. */
const isToward = (check: CheckResult, { name, address, network }: Endpoint): boolean =>
  (check.network === network && (check.check === 'gossip' || addressesIn(check.target).includes(address))) ||
  isAbout(name, check);

const addressesIn = (target: string): string[] => target.match(/\d{1,3}(?:\.\d{1,3}){3}/gu) ?? [];
