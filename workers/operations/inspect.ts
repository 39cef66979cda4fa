import { AppError } from '#core/errors.ts';
import type { Inspection } from '#core/inspection.ts';
import { includesIp, parseCidr, sizeOf } from '#core/net/cidr.ts';
import type { NetworkFacts } from '#core/observation.ts';
import { naturally } from '#core/natural-order.ts';
import { containerMtu } from '../checks/plan-checks.ts';
import { type Endpoint, findEndpoints } from '../checks/endpoints.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { createManagers } from '../steps/context.ts';
import { virtualIpsOf } from './virtual-ips.ts';
import { type LocalView, localView } from './local-network.ts';

/** One merged view of a network: the manager's truth, and what each host's engine says of its own part. */
export async function runInspect(context: RunContext): Promise<Ended> {
  const { request, cluster } = context.lease.operation;
  if (request.kind !== 'inspect') throw new Error(`inspect was asked to run ${request.kind}`);
  const nodes = new Map(Object.entries(context.lease.cluster?.nodes ?? {}));
  const managers = createManagers(context);
  const view = await findEndpoints({ hosts: context.hosts, managers, nodes });
  const network = view.networks.find(({ name }) => name === request.network);
  if (network === undefined) {
    throw new AppError('not_found', `The swarm of ${cluster ?? ''} has no overlay network ${request.network}.`, {
      next: `It has: ${view.networks.map(({ name }) => name).join(', ') || 'none'}.`,
    });
  }
  const [locals, virtualIps] = await Promise.all([
    Promise.all([...nodes.keys()].map((host) => localView(context.hosts, host, network.id))),
    virtualIpsOf(managers, network.id),
  ]);
  const endpoints = view.endpoints.filter((endpoint) => endpoint.network === network.name);
  context.reporter.report({ type: 'inspection', inspection: merge(network, endpoints, locals, virtualIps) });
  return { kind: 'ended', state: 'succeeded', error: null };
}

function merge(
  network: NetworkFacts,
  endpoints: Endpoint[],
  locals: LocalView[],
  virtualIps: Inspection['virtualIps'],
): Inspection {
  const macOf = new Map(locals.flatMap(({ containers }) => containers.map(({ address, mac }) => [address, mac])));
  const balancers = locals.flatMap(({ host, containers }) =>
    containers
      .filter(({ id }) => id.startsWith('lb-'))
      .map(({ address, mac }) => ({ name: `lb-${network.name}`, kind: 'load-balancer' as const, host, address, mac })),
  );
  const all = [
    ...endpoints.map(({ name, kind, host, address }) => ({
      name,
      kind,
      host,
      address,
      mac: macOf.get(address) ?? null,
    })),
    ...balancers,
  ];
  const used = new Set([...all.map(({ address }) => address), ...virtualIps.map(({ address }) => address)]);
  return {
    at: new Date().toISOString(),
    name: network.name,
    id: network.id,
    driver: network.driver,
    attachable: network.attachable,
    internal: network.internal,
    encrypted: 'encrypted' in network.options,
    enableIpv6: network.enableIpv6,
    mtu: containerMtu(network),
    vxlanIds: vxlanIdsOf(network),
    labels: network.labels,
    subnets: network.subnets.map((one) => ({ ...one, freeAddresses: freeOf(one, used) })),
    virtualIps,
    endpoints: all.toSorted((a, b) => naturally(a.host, b.host) || naturally(a.name, b.name)),
    hosts: Object.fromEntries(locals.map(({ host, seen }) => [host, seen])),
  };
}

const vxlanIdsOf = (network: NetworkFacts): number[] =>
  (network.options['com.docker.network.driver.overlay.vxlanid_list'] ?? '')
    .split(',')
    .flatMap((text) => (text === '' ? [] : [Number(text)]));

/** Addresses not taken: the subnet or its range, less network, broadcast, gateway and everything seen. An estimate. */
function freeOf(subnet: NetworkFacts['subnets'][number], used: ReadonlySet<string>): number | null {
  const range = parseCidr(subnet.ipRange ?? subnet.subnet);
  if (range === undefined) return null;
  const taken = [...used].filter((address) => includesIp(range, address)).length;
  const reserved = subnet.ipRange === null ? 2 : 0;
  const gateway = subnet.gateway !== null && includesIp(range, subnet.gateway) ? 1 : 0;
  return Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, Number(sizeOf(range))) - reserved - gateway - taken);
}
