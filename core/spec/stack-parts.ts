import { type Compose, plainNetwork, type StackNetwork, type StackVolume } from './compose-file.ts';
import type { ConfigSpec } from './config.ts';
import type { HeldKind, HeldSpec, SecretSpec } from './held.ts';
import { type NetworkSpec, networkSchema } from './network.ts';
import type { ServiceSpec } from './service.ts';
import { stackLabel } from './stack.ts';
import type { VolumeSpec } from './volumes.ts';

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
  volumes: Named<VolumeSpec>[];
  secrets: Named<SecretSpec>[];
  configs: Named<ConfigSpec>[];
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
        ...mountsIn(stack, service, compose),
        ...grantsIn('secrets', stack, service, compose),
        ...grantsIn('configs', stack, service, compose),
      },
    })),
    volumes: Object.entries(compose.volumes ?? {}).map(([key, volume]) => ({
      key,
      name: nameIn(stack, key, volume),
      part: volumePart(stack, volume),
    })),
    secrets: heldParts(stack, compose.secrets),
    configs: heldParts(stack, compose.configs),
  };
}

/** By the names that the hosts have for them. */
const mountsIn = (stack: string, { volumes }: ServiceSpec, compose: Compose): Pick<ServiceSpec, 'volumes'> =>
  volumes === undefined
    ? {}
    : {
        volumes: volumes.map((mount) => {
          const declared = mount.type === 'volume' ? compose.volumes?.[mount.source] : undefined;
          return mount.type !== 'volume' || declared === undefined
            ? mount
            : { ...mount, source: nameIn(stack, mount.source, declared) };
        }),
      };

function volumePart(stack: string, volume: StackVolume): VolumeSpec {
  const { name: _name, external, ...own } = volume;
  return external ? own : { ...own, labels: { ...own.labels, [stackLabel]: stack } };
}

/** What is made for the stack has its label. */
const heldParts = <T extends HeldSpec & { name?: string | undefined }>(
  stack: string,
  all: Readonly<Record<string, T>> = {},
): Named<Omit<T, 'name'>>[] =>
  Object.entries(all).map(([key, { name: _name, ...own }]) => ({
    key,
    name: nameIn(stack, key, all[key]),
    part: own.external === true ? own : { ...own, labels: { ...own.labels, [stackLabel]: stack } },
  }));

/** By the names that the spec has for them, each put where the Compose file's own name says. */
function grantsIn(
  kind: HeldKind,
  stack: string,
  service: ServiceSpec,
  compose: Compose,
): Partial<Pick<ServiceSpec, HeldKind>> {
  const grants = service[kind]?.map(({ source, target = source, ...rest }) => ({
    source: nameIn(stack, source, compose[kind]?.[source]),
    target,
    ...rest,
  }));
  return grants === undefined ? {} : { [kind]: grants };
}

const nameIn = (
  stack: string,
  key: string,
  part: { name?: string | undefined; external?: boolean | undefined } | undefined,
): string => part?.name ?? (part?.external === true ? key : `${stack}_${key}`);

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
