import { type Place, refusedKeys, refusedInStacks } from './compose-keys.ts';

/** A key that Compose has and we do not carry out is refused by its name, with what to do instead. */
export function aboutKey(path: readonly PropertyKey[], key: string): string | undefined {
  const place = placeOf(path);
  if (place === undefined) return undefined;
  const isInStack = path[0] === 'stacks';
  const refused: Readonly<Record<string, string>> = {
    ...refusedKeys[place],
    ...(isInStack && place === 'service' ? refusedInStacks : {}),
  };
  if (!Object.hasOwn(refused, key)) return undefined;
  const where = ['reservations', 'healthcheck'].includes(place) ? `${place}.${key}` : key;
  const instead = refused[key] ?? '';
  return instead === '' ? `\`${where}\` is not supported yet` : `\`${where}\` is not accepted: ${instead}`;
}

/** Which part of a spec a path leads to, where Compose has keys that we refuse by name. */
function placeOf(path: readonly PropertyKey[]): Place | undefined {
  const [section, , key] = path;
  if (section === 'stacks' && key === 'compose') return path.length === 3 ? 'stack' : placeOf(path.slice(3));
  if (path.length === 0) return 'spec';
  if (path.length === 2 && section === 'networks') return 'network';
  if (path.length === 2 && section === 'secrets') return 'secret';
  if (path.length === 2 && section === 'configs') return 'config';
  if (path.length === 2 && section === 'volumes') return 'volume';
  if (section !== 'services' && section !== 'containers') return undefined;
  if (path.length === 2) return section === 'services' ? 'service' : 'container';
  if (key === 'deploy') return path.at(-1) === 'reservations' ? 'reservations' : undefined;
  if (key === 'healthcheck') return 'healthcheck';
  if (key === 'volumes') return path.length === 4 ? 'mount' : mountPlaces[String(path[4])];
  if (path.length === 4) return key === 'ports' ? 'port' : key === 'networks' ? 'attachment' : undefined;
  return undefined;
}

const mountPlaces: Readonly<Record<string, Place>> = { bind: 'mountBind', volume: 'mountVolume', tmpfs: 'mountTmpfs' };
