import type { InputIssue } from '../errors.ts';
import { pointerOf } from '../pointer.ts';
import type { Port } from './ports.ts';
import type { ServiceSpec } from './service.ts';
import type { Spec } from './spec.ts';

/** A published port with where it is bound: on one host, on all, or on some that only the scheduler knows. */
interface Use {
  path: (string | number)[];
  of: string;
  where: { host: string } | 'all' | 'some';
  port: Port;
}

/**
 * No port may be published twice where both are bound. A service's port may be bound on any node, so it clashes with
 * that of every other service and of every container, unless host mode and constraints keep them apart.
 */
export function checkPublishedPorts(spec: Spec): InputIssue[] {
  const uses = usesOf(spec);
  return uses.flatMap((use, at) => {
    const pointer = pointerOf(use.path);
    const { published, protocol } = use.port;
    const reserved = reservedFor(spec, use.port);
    if (reserved !== undefined)
      return [{ pointer, message: `${protocol} port ${published} is the swarm's own (${reserved})` }];
    const earlier = uses.slice(0, at).find((other) => clash(use, other));
    return earlier === undefined
      ? []
      : [
          {
            pointer,
            message: `${protocol} port ${published} is published by ${earlier.of} already${whereBoth(use, earlier)}`,
          },
        ];
  });
}

const usesOf = (spec: Spec): Use[] => [
  ...Object.entries(spec.services).flatMap(([name, service]) =>
    service.ports.map((port, index) => ({
      path: ['services', name, 'ports', index],
      of: `the service ${name}`,
      where: isPlaced(service, port) ? ('some' as const) : ('all' as const),
      port,
    })),
  ),
  ...Object.entries(spec.containers).flatMap(([name, { host, ports }]) =>
    ports.map((port, index) => ({
      path: ['containers', name, 'ports', index],
      of: `the container ${name}`,
      where: { host },
      port,
    })),
  ),
];

/** In host mode and with constraints: bound on some nodes only, and other things may be kept off these. */
const isPlaced = ({ deploy }: ServiceSpec, { mode }: Port): boolean =>
  (mode === 'host' || deploy.endpoint_mode === 'dnsrr') && deploy.placement.constraints.length > 0;

function clash(a: Use, b: Use): boolean {
  if (a.port.published !== b.port.published || a.port.protocol !== b.port.protocol) return false;
  if (a.where === 'all' || b.where === 'all') return true;
  return typeof a.where === 'object' && typeof b.where === 'object' && a.where.host === b.where.host;
}

function whereBoth(a: Use, b: Use): string {
  const where = [a.where, b.where].find((one) => typeof one === 'object');
  return where === undefined ? '' : ` on ${where.host}`;
}

/** Ports that swarm nodes listen on themselves. */
function reservedFor({ swarm }: Spec, { published, protocol }: Port): string | undefined {
  if (published === 2377 && protocol === 'tcp') return 'management';
  if (published === 7946) return 'gossip';
  return published === swarm.data_path_port && protocol === 'udp' ? 'data path' : undefined;
}
