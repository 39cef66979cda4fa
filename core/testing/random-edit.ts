import type { Spec } from '../spec/spec.ts';
import { numbers } from './random-spec.ts';

interface Edit {
  verb: string;
  args: object;
}

/** A verb with arguments for a spec, the same for the same seed. Many are refused: each may be wrong in one way or another. */
export function randomEdit(seed: number, { services, networks, containers, nodes }: Spec): Edit {
  const below = numbers(seed);
  const oneOf = <T>(first: T, ...others: T[]): T => others[below(others.length + 1)] ?? first;
  const rarely = <T>(wrong: T, right: T): T => (below(12) === 0 ? wrong : right);
  const one = (section: object): string => rarely('new', oneOf('a', ...Object.keys(section)));
  const image = rarely('no image', oneOf('nginx', 'app:2', `app@sha256:${'ab'.repeat(32)}`));
  const more = oneOf<object>(
    {},
    { publish: [`${rarely(7946, oneOf(8000, 8001, 8002, 9000, 9001))}:80`] },
    { network: [one(networks)] },
    { label: [rarely('io.flotilla.x=y', 'team=x')] },
    { mount: [`type=volume,source=${oneOf('data', 'other')},target=${oneOf('/data', '/x')}`] },
  );
  const service = one(services);
  const container = one(containers);
  // Names of others, of aliases, and such as Swarm does not take.
  const name = oneOf('more', 'alias-8000', 'alias-8001', container, service, rarely('n.w', 'new'));
  const where = { host: one(nodes), network: ['a'] };
  const subnet = oneOf('10.9.0.0/24', '10.200.1.0/24', '10.200.77.0/24', rarely('10.9.0.0/30', '10.8.0.0/16'));
  const compose = { services: { web: { image, ...oneOf({}, { ports: ['8000:80'] }) } } };
  const edits: Edit[] = [
    { verb: 'service update', args: { name: service, image } },
    { verb: 'service update', args: { name: service, ...more } },
    { verb: 'service update', args: { name: service, constraint: [rarely('x', 'node.role == worker')] } },
    { verb: 'service update', args: { name: service, endpoint_mode: oneOf('vip', 'dnsrr'), replicas: below(300) } },
    { verb: 'service update', args: { name: service, network_rm: ['b', 'c'], publish_rm: ['8000'] } },
    { verb: 'service create', args: { name, image, network: ['a'], ...more } },
    { verb: 'service rm', args: { name: service } },
    { verb: 'network create', args: { name: oneOf('b', 'c', 'd', 'ingress'), subnet } },
    { verb: 'network rm', args: { name: one(networks) } },
    { verb: 'container run', args: { name, image, ...where, ...more } },
    { verb: 'container rm', args: { name: container } },
    { verb: 'node set', args: { host: one(nodes), role: oneOf('manager', 'worker') } },
    { verb: 'node add', args: { host: one(nodes) } },
    { verb: 'node rm', args: { host: one(nodes) } },
    { verb: 'stack deploy', args: { name: oneOf('shop', 'a'), compose } },
    { verb: 'stack rm', args: { name: 'shop' } },
  ];
  return edits[below(edits.length)] ?? { verb: 'service rm', args: { name: service } };
}
