import { imageName, isImageAsAsked } from '../engine/image-name.ts';
import type { Decision } from '../plan.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { Spec } from '../spec/spec.ts';
import { isRemovalPath, openRemovals } from './removal-by-force.ts';
import { isConsented, isStillTaken } from './taken.ts';
import { isTokenPath, tokenPaths } from './token-turns.ts';
import { leftOut, type World } from './world.ts';

export const advertisePath = (host: string): string => `nodes.${host}.advertise_addr`;
export const mtuPath = (network: string): string => `networks.${network}.mtu`;
export const endpointModePath = (service: string): string => `services.${service}.deploy.endpoint_mode`;
export const portModePath = (service: string, published: number): string =>
  `services.${service}.ports.${published}.mode`;
export const serviceImagePath = (service: string): string => `services.${service}.image`;
export const containerImagePath = (container: string): string => `containers.${container}.image`;

/** Where a decision says which content a tag means. */
export const isImagePath = (path: string): boolean => /^(?:services|containers)\.[^.]+\.image$/.test(path);

/** Where a decision says what was asked for beside the spec. */
export const isAskedPath = (path: string): boolean => isImagePath(path) || isRemovalPath(path) || isTokenPath(path);

/** Every image of a spec, with the path of what is decided for it. */
export const imagePaths = ({ services, containers }: Spec): { path: string; image: string }[] => [
  ...Object.entries(services).map(([name, { image }]) => ({ path: serviceImagePath(name), image })),
  ...Object.entries(containers).map(([name, { image }]) => ({ path: containerImagePath(name), image })),
];

/** What was fixed for a path earlier, if the spec still leaves it to us. */
export const fixedDecision = (world: World, path: string): Decision | undefined =>
  world.input.decisions.find((decision) => decision.path === path);

/** The given decisions that the spec still asks for, then the new ones: what is stored with the revision. */
export function decisionsInForce(world: World, fresh: readonly Decision[]): Decision[] {
  const open = new Set(openPaths(world));
  const images = new Map(imagePaths(world.spec).map(({ path, image }) => [path, image]));
  const { decisions, observation, revision } = world.input;
  const kept = decisions.filter(
    (one) =>
      open.has(one.path) ||
      isMeant(images.get(one.path), one.value) ||
      isStillTaken(one, observation) ||
      isConsented([one], revision),
  );
  const paths = new Set(kept.map(({ path }) => path));
  return [...kept, ...fresh.filter(({ path }) => !paths.has(path))];
}

/** A tag that is written anew is looked up anew; a digest that is written needs no decision. */
const isMeant = (image: string | undefined, value: Decision['value']): boolean =>
  image !== undefined && imageName(image).digest === null && typeof value === 'string' && isImageAsAsked(value, image);

/** True when a port is written to be published on every node, which only a virtual IP can do. */
export const needsMesh = ({ ports }: Pick<ServiceSpec, 'ports'>): boolean =>
  ports.some((port) => port.mode === 'ingress');

/** All paths that this spec leaves to us. */
const openPaths = (world: World): string[] => [
  ...openRemovals(leftOut(world)),
  ...tokenPaths,
  ...openInSpec(world.spec),
];

const openInSpec = (spec: Spec): string[] => [
  ...Object.entries(spec.nodes).flatMap(([host, node]) =>
    node.advertise_addr === undefined ? advertisePath(host) : [],
  ),
  ...Object.entries(spec.networks).flatMap(([name, network]) => (network.mtu === 'auto' ? mtuPath(name) : [])),
  ...Object.entries(spec.services).flatMap(([name, service]) => [
    // What a written ingress port decides anew each time replaces what was fixed before it was written.
    ...(service.deploy.endpoint_mode === 'auto' && !needsMesh(service) ? [endpointModePath(name)] : []),
    ...service.ports.flatMap((port) => (port.mode === undefined ? portModePath(name, port.published) : [])),
  ]),
];
