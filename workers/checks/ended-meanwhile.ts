import { isAbout } from '#core/diagnosis/tasks.ts';
import type { CheckResult } from '#core/verification.ts';
import type { Hosts } from '../hosts.ts';
import { askHosts, type Endpoint, type EndpointView } from './endpoints.ts';
import type { Vantage } from './planned-check.ts';

/**
 * Endpoints whose container has ended since they were listed: a program that crashes takes its place on the network
 * with it, so that what was asked there, or from there, says nothing of the network.
 */
export async function endedMeanwhile(
  hosts: Hosts,
  nodes: ReadonlyMap<string, string>,
  { endpoints }: Pick<EndpointView, 'endpoints'>,
): Promise<Endpoint[]> {
  const local = await askHosts({ hosts, nodes });
  const running = new Map(
    local.flatMap(({ host, containers }) =>
      containers.known ? [[host, new Set(containers.value.map(({ Id }) => Id))] as const] : [],
    ),
  );
  return endpoints.filter(({ host, containerId }) => running.get(host)?.has(containerId) === false);
}

/**
 * What failed from or toward such a container is not known, or is skipped where its task has ended as it should (at one
 * of the addresses `endedWell`); a standalone one that has ended is told beside it.
 */
export function withEnded(
  checks: readonly CheckResult[],
  ended: readonly Endpoint[],
  vantages: readonly Vantage[],
  endedWell: ReadonlySet<string> = new Set(),
): CheckResult[] {
  if (ended.length === 0) return [...checks];
  const judged = checks.map((check): CheckResult => {
    if (check.result !== 'failed') return check;
    const from = vantageOf(check, vantages);
    const left =
      from?.kind === 'inside' ? ended.find(({ containerId }) => containerId === from.containerId) : undefined;
    const one = left ?? ended.find((endpoint) => isToward(check, endpoint));
    if (one === undefined) return check;
    const result = endedWell.has(one.address) ? 'skipped' : 'unknown';
    return { ...check, result, detail: `${check.detail}; ${one.name} on ${one.host} ended meanwhile` };
  });
  const lone = ended.filter(({ kind }) => kind === 'container');
  return [...judged, ...lone.filter(({ containerId }, at) => isFirst(lone, containerId, at)).map(endedCheck)];
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

const isFirst = (all: readonly Endpoint[], id: string, at: number): boolean =>
  all.findIndex(({ containerId }) => containerId === id) === at;

const endedCheck = ({ name, host }: Endpoint): CheckResult => ({
  level: 'L0',
  check: 'container',
  network: null,
  from: host,
  to: null,
  target: name,
  result: 'failed',
  detail: 'it ended while it was looked at',
  ms: null,
});
