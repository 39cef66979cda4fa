import { type HeldKind, heldKinds, type HeldSpec } from './held.ts';
import type { NetworkSpec } from './network.ts';
import type { ServiceSpec } from './service.ts';
import type { LeftOut } from './compose/words.ts';
import type { VolumeSpec } from './volumes.ts';

/** The label by which `docker stack ls` and `docker stack ps` know what belongs to a stack. */
export const stackLabel = 'com.docker.stack.namespace';

/** A spec, as far as stacks are kept in it. */
interface Kept extends Partial<Record<HeldKind, Record<string, HeldSpec> | undefined>> {
  networks: Readonly<Record<string, NetworkSpec>>;
  services: Readonly<Record<string, ServiceSpec>>;
  volumes?: Record<string, VolumeSpec> | undefined;
  left_out?: LeftOut | undefined;
}

/** The services and networks of each stack of a spec, by name. */
export function stacksOf({ networks, services }: Kept): Record<string, { services: string[]; networks: string[] }> {
  const stacks = new Map<string, { services: string[]; networks: string[] }>();
  const put = (part: 'services' | 'networks', name: string, labels: Readonly<Record<string, string>>): void => {
    const stack = labels[stackLabel];
    if (stack === undefined) return;
    const known = stacks.get(stack) ?? { services: [], networks: [] };
    known[part].push(name);
    stacks.set(stack, known);
  };
  for (const [name, { deploy }] of Object.entries(services)) put('services', name, deploy.labels);
  for (const [name, { labels }] of Object.entries(networks)) put('networks', name, labels);
  return Object.fromEntries(stacks);
}

/** The same without what belongs to a stack, and without what only its services were given. Volumes of hosts stay there. */
export function withoutStack<S extends Kept>(spec: S, stack: string): S {
  const networks = Object.entries(spec.networks).filter(([, { labels }]) => labels[stackLabel] !== stack);
  const [gone, left] = split(Object.entries(spec.services), ([, { deploy }]) => deploy.labels[stackLabel] === stack);
  const services = Object.fromEntries(left);
  const rest = { ...spec, networks: Object.fromEntries(networks), services };
  const volumes = Object.entries(spec.volumes ?? {}).filter(([, { labels }]) => labels?.[stackLabel] !== stack);
  if (volumes.length > 0) rest.volumes = Object.fromEntries(volumes);
  else delete rest.volumes;
  for (const kind of heldKinds) {
    const given = (all: [string, ServiceSpec][]): string[] =>
      all.flatMap(([, service]) => (service[kind] ?? []).map(({ source }) => source));
    const unused = given(gone).filter((name) => !given(left).includes(name));
    const goes = ([name, { external, labels }]: [string, HeldSpec]): boolean =>
      external === true ? unused.includes(name) : labels?.[stackLabel] === stack;
    const declared = Object.entries(spec[kind] ?? {}).filter((one) => !goes(one));
    if (declared.length > 0) rest[kind] = Object.fromEntries(declared);
    else delete rest[kind];
  }
  return rest;
}

export function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  return [all.filter((one) => isFirst(one)), all.filter((one) => !isFirst(one))];
}
