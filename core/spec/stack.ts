import { z } from 'zod';
import { cidrSchema, ipSchema } from '../net/cidr.ts';
import { type HeldKind, heldKinds, stackHeldSchema } from './held.ts';
import { nameSchema } from './names.ts';
import { type NetworkSpec, networkSchema } from './network.ts';
import { type ServiceSpec, serviceSchema } from './service.ts';

/** The label by which `docker stack ls` and `docker stack ps` know what belongs to a stack. */
export const stackLabel = 'com.docker.stack.namespace';

/** Docker's names for what a network of a spec says itself. */
const driverOptionsSchema = z.strictObject({
  encrypted: z.union([z.enum(['', 'true', 'false']), z.boolean()]).optional(),
  'com.docker.network.driver.mtu': z
    .union([z.string().regex(/^\d+$/, 'must be a number of bytes'), z.number()])
    .transform(Number)
    .optional(),
});
const ipamSchema = z.strictObject({
  driver: z.literal('default').optional(),
  config: z
    .array(z.strictObject({ subnet: cidrSchema, gateway: ipSchema.optional(), ip_range: cidrSchema.optional() }))
    .max(1)
    .default([]),
});

/** A network of a Compose file: as in a spec, or as Compose writes it; or one of the spec, from outside of the stack. */
const stackNetworkSchema = networkSchema.extend({
  name: nameSchema.optional(),
  external: z.boolean().default(false),
  driver_opts: driverOptionsSchema.default({}),
  ipam: ipamSchema.prefault({}),
});
type StackNetwork = z.infer<typeof stackNetworkSchema>;
const plainNetwork = stackNetworkSchema.parse({});

/** What a stack takes of a Compose file. */
export const composeSchema = z.strictObject({
  /** Files for `docker stack deploy` had to say it; it has no meaning any more. */
  version: z.union([z.string(), z.number()]).optional(),
  services: z.record(nameSchema, serviceSchema),
  networks: z.record(nameSchema, stackNetworkSchema).default({}),
  secrets: z.record(nameSchema, stackHeldSchema).optional(),
  configs: z.record(nameSchema, stackHeldSchema).optional(),
});
export type Compose = z.infer<typeof composeSchema>;

/** A network or service as the Compose file calls it (`key`), and as the spec does (`name`). */
export interface Named<T> {
  key: string;
  name: string;
  part: T;
}

/** What a stack puts into a spec. */
export interface StackParts {
  networks: Named<NetworkSpec>[];
  services: Named<ServiceSpec>[];
  /** Names of what the swarm holds for it. */
  secrets: string[];
  configs: string[];
}

/**
 * The networks and services of a stack under the names that `docker stack deploy` gives them: `shop_web`, with the alias
 * `web` on each of its networks. A service without a network is on the network `default` of the stack.
 */
export function stackParts(stack: string, compose: Compose): StackParts {
  const { services, networks } = compose;
  const attached = Object.entries(services).map(([key, service]) => ({
    key,
    service:
      Object.keys(service.networks).length > 0 ? service : { ...service, networks: { default: { aliases: [] } } },
  }));
  const needsDefault = attached.some(({ service }) => Object.hasOwn(service.networks, 'default'));
  const all = needsDefault ? { default: plainNetwork, ...networks } : networks;
  return {
    networks: Object.entries(all)
      .filter(([, network]) => !network.external)
      .map(([key, network]) => ({ key, name: nameIn(stack, key, network), part: networkPart(stack, network) })),
    services: attached.map(({ key, service }) => ({
      key,
      name: `${stack}_${key}`,
      part: {
        ...service,
        labels: { ...service.labels, [stackLabel]: stack },
        networks: Object.fromEntries(
          Object.entries(service.networks).map(([network, { aliases }]) => [
            nameIn(stack, network, all[network]),
            { aliases: [...new Set([key, ...aliases])] },
          ]),
        ),
        deploy: { ...service.deploy, labels: { ...service.deploy.labels, [stackLabel]: stack } },
        ...grantsIn('secrets', service, compose),
        ...grantsIn('configs', service, compose),
      },
    })),
    secrets: Object.entries(compose.secrets ?? {}).map(([key, { name = key }]) => name),
    configs: Object.entries(compose.configs ?? {}).map(([key, { name = key }]) => name),
  };
}

/** By the names that the swarm has for them, each put where the Compose file's own name says. */
function grantsIn(kind: HeldKind, service: ServiceSpec, compose: Compose): Partial<Pick<ServiceSpec, HeldKind>> {
  const grants = service[kind]?.map(({ source, target = source, ...rest }) => ({
    source: compose[kind]?.[source]?.name ?? source,
    target,
    ...rest,
  }));
  return grants === undefined ? {} : { [kind]: grants };
}

const nameIn = (stack: string, key: string, network: StackNetwork | undefined): string =>
  network?.name ?? (network?.external === true ? key : `${stack}_${key}`);

function networkPart(stack: string, network: StackNetwork): NetworkSpec {
  const { name: _name, external: _external, driver_opts: options, ipam, ...own } = network;
  const { encrypted, 'com.docker.network.driver.mtu': mtu } = options;
  return networkSchema.parse({
    ...ipam.config[0],
    ...own,
    ...(mtu === undefined ? {} : { mtu }),
    // An empty text is how Compose files usually ask for it: engines look whether the option is there.
    encrypted: own.encrypted || (encrypted !== undefined && encrypted !== false && encrypted !== 'false'),
    labels: { ...own.labels, [stackLabel]: stack },
  });
}

/** True for a network from outside of which more is said than its name: that would be passed over. */
export const saysTooMuch = (network: StackNetwork): boolean =>
  network.external && JSON.stringify(networkPart('', network)) !== JSON.stringify(networkPart('', plainNetwork));

/** A spec, as far as stacks are kept in it. */
interface Kept extends Partial<Record<HeldKind, Record<string, { external: true }> | undefined>> {
  networks: Readonly<Record<string, NetworkSpec>>;
  services: Readonly<Record<string, ServiceSpec>>;
}

/** The names of the stacks that networks and services of a spec belong to. */
export const stacksOf = ({ networks, services }: Kept): string[] => [
  ...new Set([
    ...Object.values(services).flatMap(({ deploy }) => deploy.labels[stackLabel] ?? []),
    ...Object.values(networks).flatMap(({ labels }) => labels[stackLabel] ?? []),
  ]),
];

/** The same without what belongs to a stack, and without what only its services were given. */
export function withoutStack<S extends Kept>(spec: S, stack: string): S {
  const networks = Object.entries(spec.networks).filter(([, { labels }]) => labels[stackLabel] !== stack);
  const [gone, left] = split(Object.entries(spec.services), ([, { deploy }]) => deploy.labels[stackLabel] === stack);
  const services = Object.fromEntries(left);
  const rest = { ...spec, networks: Object.fromEntries(networks), services };
  for (const kind of heldKinds) {
    const given = (all: [string, ServiceSpec][]): string[] =>
      all.flatMap(([, service]) => (service[kind] ?? []).map(({ source }) => source));
    const unused = given(gone).filter((name) => !given(left).includes(name));
    const declared = Object.entries(spec[kind] ?? {}).filter(([name]) => !unused.includes(name));
    if (declared.length > 0) rest[kind] = Object.fromEntries(declared);
    else delete rest[kind];
  }
  return rest;
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  return [all.filter((one) => isFirst(one)), all.filter((one) => !isFirst(one))];
}
