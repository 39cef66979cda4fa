import type { Spec } from './spec.ts';

/** A spec without a node, which `cluster rm` makes and nobody writes: the swarm is to end, and its hosts to be free. */
export const isTakenDown = ({ nodes }: Pick<Spec, 'nodes'>): boolean => Object.keys(nodes).length === 0;

/** Everything that a spec may name beside its nodes is nowhere without them. */
export const namesNothing = (spec: Spec): boolean =>
  [spec.networks, spec.volumes, spec.services, spec.containers, spec.secrets, spec.configs].every(
    (part) => Object.keys(part ?? {}).length === 0,
  );
