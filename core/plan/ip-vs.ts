import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import { unseenSystems } from './mtu.ts';
import { type Problem, warning } from './part.ts';
import { seenHosts, type World } from './world.ts';

/** Whether the kernels of all nodes can carry virtual IPs and the routing mesh. */
export type IpVs =
  | { kind: 'everywhere' }
  | { kind: 'missing'; hosts: string[] }
  | { kind: 'unknown'; problems: Problem[] };

/** One node without ip_vs is enough to know that it is missing; "everywhere" needs every node seen. */
export function ipVsOf(world: World): IpVs {
  const hosts = [...seenHosts(world)]
    .filter(([, { system }]) => system.known && !system.value.ipVs)
    .map(([host]) => host);
  if (hosts.length > 0) return { kind: 'missing', hosts };
  const problems = unseenSystems(world);
  return problems.length > 0 ? { kind: 'unknown', problems } : { kind: 'everywhere' };
}

/** A service with a virtual IP that some nodes cannot reach: its name resolves, connecting gives "no route to host". */
export function ipVsWarning(world: World, service: string): Finding[] {
  const ipVs = ipVsOf(world);
  if (ipVs.kind !== 'missing') return [];
  return [
    warning({
      id: 'ip-vs-missing',
      hosts: ipVs.hosts,
      message: `The service ${service} has a virtual IP, but the kernel of ${nameList(ipVs.hosts)} has no ip_vs: containers there cannot reach it by its name.`,
      fix: `Write \`endpoint_mode: dnsrr\` for ${service}, or load ip_vs on ${nameList(ipVs.hosts)}.`,
    }),
  ];
}
