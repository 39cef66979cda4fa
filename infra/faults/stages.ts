import type { SpecInput } from '#core/spec/spec.ts';
import type { StageName } from './cases/types.ts';

export const cluster = 'demo';

/** How many of the first hosts are managers. */
const managers: Partial<Record<StageName, number>> = { 'three-managers': 3 };

/**
 * What a lab is formed to: a service on every node with a port on each, one of a single task, one in a subnet that is
 * soon used up, and a container on a network of its own.
 */
export function specOf(stage: StageName, hosts: readonly string[]): SpecInput {
  const managersOf = managers[stage] ?? 1;
  return {
    cluster,
    swarm: {
      address_pools: ['10.200.0.0/16'],
      subnet_size: 24,
      ...(stage === 'other-port' ? { data_path_port: 7789 } : {}),
    },
    nodes: Object.fromEntries(hosts.map((name, at) => [name, { role: at < managersOf ? 'manager' : 'worker' }])),
    networks: {
      net: { attachable: true, subnet: '10.200.1.0/24' },
      lounge: { attachable: true, subnet: '10.200.2.0/24' },
      narrow: { attachable: false, subnet: '10.200.9.0/28' },
    },
    services: {
      web: { image: 'nginx', networks: ['net'], ports: ['8080:80'], deploy: { mode: 'global' } },
      shop: { image: 'nginx', networks: ['net'], deploy: { replicas: 1 } },
      few: { image: 'nginx', networks: ['narrow'], deploy: { replicas: 1 } },
    },
    containers: { guest: { host: hosts[0] ?? '', image: 'nginx', networks: ['lounge'] } },
    verify: { connectivity: 'full' },
  };
}

/** Whether a swarm runs in this stage. */
export const isFormed = (stage: StageName): boolean => stage !== 'bare';
