import type { Hosts } from '../hosts.ts';

interface Cluster {
  name: string;
  /** Hosts that the spec makes nodes. */
  expected: readonly string[];
}

/** False for hosts of the cluster that its spec has left out: on their way out, or out already. */
export function staying({ all }: Pick<Hosts, 'all'>, { name: cluster, expected }: Cluster): (host: string) => boolean {
  const left = new Set(
    all.flatMap((host) => (host.cluster === cluster && !expected.includes(host.name) ? host.name : [])),
  );
  return (host) => !left.has(host);
}
