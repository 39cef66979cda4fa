import type { InputIssue } from '../errors.ts';
import { pointerOf } from '../pointer.ts';
import type { Port } from './ports.ts';
import type { ServiceSpec } from './service.ts';
import type { Spec } from './spec.ts';

/** A published port with where it is bound: on one host, on all, or on some that only the scheduler knows. */
interface Use {
  section: 'services' | 'containers';
  name: string;
  index: number;
  where: { host: string } | 'all' | 'some';
  port: Port;
}

type Publishing = Pick<Spec, 'swarm' | 'services' | 'containers'>;

/**
 * No port may be published twice where both are bound. A service's port may be bound on any node, so it clashes with
 * that of every other service and of every container, unless host mode and constraints keep them apart.
 */
export function checkPublishedPorts(spec: Publishing): InputIssue[] {
  const uses = usesOf(spec);
  const byNumber = Map.groupBy(uses, ({ port }) => port.published);
  return uses.flatMap((use) => {
    const { section, name, index } = use;
    const { published, protocol } = use.port;
    const issue = (what: string): InputIssue[] => [
      { pointer: pointerOf([section, name, 'ports', index]), message: `${protocol} port ${published} is ${what}` },
    ];
    const reserved = reservedFor(spec, use.port);
    if (reserved !== undefined) return issue(`the swarm's own (${reserved})`);
    const same = byNumber.get(published) ?? [];
    const earlier = same.slice(0, same.indexOf(use)).find((other) => clash(use, other));
    if (earlier === undefined) return [];
    const by = `the ${earlier.section === 'services' ? 'service' : 'container'} ${earlier.name}`;
    return issue(`published by ${by} already${whereBoth(use, earlier)}`);
  });
}

const usesOf = (spec: Publishing): Use[] => [
  ...Object.entries(spec.services).flatMap(([name, service]) =>
    service.ports.map((port, index) => ({
      section: 'services' as const,
      name,
      index,
      where: isPlaced(service, port) ? ('some' as const) : ('all' as const),
      port,
    })),
  ),
  ...Object.entries(spec.containers).flatMap(([name, { host, ports }]) =>
    ports.map((port, index) => ({ section: 'containers' as const, name, index, where: { host }, port })),
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
function reservedFor({ swarm }: Publishing, { published, protocol }: Port): string | undefined {
  if (published === 2377 && protocol === 'tcp') return 'management';
  if (published === 7946) return 'gossip';
  return published === swarm.data_path_port && protocol === 'udp' ? 'data path' : undefined;
}
