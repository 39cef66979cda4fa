import type { InputIssue } from '../../errors.ts';
import { isMap, without } from '../../map.ts';
import { pointerOf } from '../../pointer.ts';
import { isEmpty, type Json, mapsOf } from './fate.ts';
import { type Place, takeService, withoutExtensions } from './take-service.ts';
import type { LeftOutKey } from './words.ts';

/*
 * Compose files that were written for `docker compose`: what has a meaning in a swarm is said by the keys of a spec, and
 * what means nothing there and cannot break what runs is left out with a word. All the rest is refused by its name.
 */

export interface TakenCompose {
  /** In the keys that a stack takes. */
  compose: unknown;
  /** By key, who has said it. */
  leftOut: Record<string, string[]>;
  issues: InputIssue[];
  places: Place[];
}

/** The Compose file of a stack in the keys of a spec. What is no map is left to the checks. Pointers begin at the file. */
export function takeCompose(stack: string, compose: unknown): TakenCompose {
  if (!isMap(compose)) return { compose, leftOut: {}, issues: [], places: [] };
  const leftOut: Record<string, string[]> = {};
  const tell = (key: string, ...names: string[]): void => void (leftOut[key] = [...(leftOut[key] ?? []), ...names]);
  const { name, ...file } = compose;
  if (name !== undefined && name !== stack) tell('name' satisfies LeftOutKey);
  const services = deployed(file['services'], tell);
  const taken = mapsOf(services).map(([key, service]) => ({
    key,
    ...takeService({ name: key, service, file: { ...file, services } }),
  }));
  for (const one of taken) for (const key of one.leftOut) tell(key, one.key);
  const at = (key: string, pointer: string): string => pointerOf(['services', key]) + pointer;
  return {
    compose: {
      ...withSections(file, tell),
      ...(isMap(services)
        ? { services: { ...services, ...Object.fromEntries(taken.map(({ key, service }) => [key, service])) } }
        : {}),
    },
    leftOut,
    issues: [
      ...nothingLeft(file['services'], services),
      ...taken.flatMap(({ key, issues }) =>
        issues.map(({ pointer, message }) => ({ pointer: at(key, pointer), message })),
      ),
    ],
    places: taken.flatMap(({ key, places }) =>
      places.map(({ now, written }) => ({ now: at(key, now), written: at(key, written) })),
    ),
  };
}

type Tell = (key: string, ...names: string[]) => void;

/** Without services that wait for a profile, as with `docker compose up`. */
function deployed(services: unknown, tell: Tell): unknown {
  if (!isMap(services)) return services;
  const waits = (service: unknown): boolean =>
    isMap(service) && Array.isArray(service['profiles']) && !isEmpty(service['profiles']);
  const entries = Object.entries(services);
  for (const [name, service] of entries) if (waits(service)) tell('profiles' satisfies LeftOutKey, name);
  return Object.fromEntries(entries.filter(([, service]) => !waits(service)));
}

const nothingLeft = (written: unknown, services: unknown): InputIssue[] =>
  isEmpty(services) && !isEmpty(written)
    ? [
        {
          pointer: '/services',
          message: 'are not deployed, as each has `profiles`; take them out of those that are wanted',
        },
      ]
    : [];

/** Networks, volumes, secrets and configs. */
function withSections(file: Json, tell: Tell): Json {
  const sections = ['networks', 'volumes', 'secrets', 'configs'].filter((section) => isMap(file[section]));
  const taken = sections.map((section) => {
    const items = mapsOf(file[section]).map(([name, item]): [string, Json] => {
      const own = withPlainExternal(withoutExtensions(item));
      return [name, section === 'networks' ? takeNetwork(name, own, tell) : own];
    });
    return [section, { ...(isMap(file[section]) ? file[section] : {}), ...Object.fromEntries(items) }] as const;
  });
  return { ...file, ...Object.fromEntries(taken) };
}

/** `external: { name: … }`, as Compose files of version 3.0 to 3.3 write it. */
function withPlainExternal(item: Json): Json {
  const { external, ...rest } = item;
  if (!isMap(external)) return item;
  return { ...rest, external: true, ...(external['name'] === undefined ? {} : { name: external['name'] }) };
}

function takeNetwork(name: string, network: Json, tell: Tell): Json {
  const plain = network['enable_ipv4'] === true ? without(network, 'enable_ipv4') : network;
  if (plain['driver'] !== 'bridge') return plain;
  tell('networks.driver' satisfies LeftOutKey, name);
  return without(plain, 'driver');
}
