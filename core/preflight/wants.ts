import { z } from 'zod';
import type { Spec } from '../spec/spec.ts';

/** What hosts are looked at for: the swarm that they are to be, as far as it concerns ports, addresses and kernels. */
export const preflightWantsSchema = z.object({
  /** Hosts that are to be managers, whose TCP 2377 every node must reach. */
  managers: z.array(z.string()),
  dataPathPort: z.number(),
  /** Pools that overlays take their subnets from; empty: the engine's own, 10.0.0.0/8. */
  addressPools: z.array(z.string()),
  subnets: z.array(z.object({ network: z.string(), subnet: z.string() })),
  encrypted: z.boolean(),
  /** Whether something is written that only a virtual IP can do, which needs ip_vs. */
  virtualIps: z.boolean(),
  /** Underlay MTU that a network is written to need, the largest of all; null: it is chosen by what is measured. */
  mtu: z.number().nullable(),
  /** Ports that are to be published, and on which hosts. */
  ports: z.array(
    z.object({ of: z.string(), proto: z.enum(['tcp', 'udp']), port: z.number(), hosts: z.array(z.string()) }),
  ),
  /** Addresses as far as they are written or chosen, by host. */
  addresses: z.record(z.string(), z.object({ advertise: z.string().nullable(), dataPath: z.string().nullable() })),
});
export type PreflightWants = z.infer<typeof preflightWantsSchema>;

/** The port that VXLAN uses unless a swarm says otherwise. */
export const usualDataPort = 4789;

/** For hosts of which it is not known yet what they shall be: any of them may become a manager. */
export const plainWants = (hosts: readonly string[]): PreflightWants => ({
  managers: [...hosts],
  dataPathPort: usualDataPort,
  addressPools: [],
  subnets: [],
  encrypted: false,
  virtualIps: false,
  mtu: null,
  ports: [],
  addresses: {},
});

/** What a spec asks of its hosts. */
export function wantsOf(spec: Spec): PreflightWants {
  const networks = Object.entries(spec.networks);
  const nodes = Object.entries(spec.nodes);
  const written = networks.flatMap(([, { mtu }]) => (mtu === 'auto' ? [] : [mtu]));
  return {
    managers: nodes.flatMap(([host, { role }]) => (role === 'manager' ? [host] : [])),
    dataPathPort: spec.swarm.data_path_port,
    addressPools: spec.swarm.address_pools,
    subnets: networks.flatMap(([network, { subnet, subnet6 }]) =>
      [subnet, subnet6].flatMap((one) => (one === undefined ? [] : [{ network, subnet: one }])),
    ),
    encrypted: networks.some(([, { encrypted }]) => encrypted),
    virtualIps: Object.values(spec.services).some(
      ({ deploy, ports }) => deploy.endpoint_mode === 'vip' || ports.some(({ mode }) => mode === 'ingress'),
    ),
    mtu: written.length === 0 ? null : Math.max(...written),
    ports: publishedPorts(spec),
    addresses: Object.fromEntries(
      nodes.map(([host, node]) => [
        host,
        { advertise: node.advertise_addr ?? null, dataPath: node.data_path_addr ?? null },
      ]),
    ),
  };
}

/** A service's port may come to be on every node; a container's is on its host. */
function publishedPorts(spec: Spec): PreflightWants['ports'] {
  const all = Object.keys(spec.nodes);
  const services = Object.entries(spec.services).flatMap(([of, { ports }]) =>
    ports.map(({ published: port, protocol: proto }) => ({ of, proto, port, hosts: all })),
  );
  const containers = Object.entries(spec.containers).flatMap(([of, { ports, host }]) =>
    ports.map(({ published: port, protocol: proto }) => ({ of, proto, port, hosts: [host] })),
  );
  return [...services, ...containers];
}
