import { isMap, without } from '../../map.ts';
import type { Json } from './fate.ts';
import type { LeftOutKey } from './words.ts';

/* Keys further inside of a service. */

interface Inner {
  service: Json;
  leftOut: LeftOutKey[];
}

/** The service without what changes nothing in a swarm. */
export function takeInner(service: Json): Inner {
  const leftOut = new Set<LeftOutKey>();
  const told = (key: LeftOutKey): void => void leftOut.add(key);
  const taken = Object.entries(service).map(([key, value]): [string, unknown] => {
    if (key === 'healthcheck')
      return [key, withoutKey(value, 'start_interval', () => told('healthcheck.start_interval'))];
    if (key === 'user' && typeof value === 'number') return [key, String(value)];
    if (key === 'ports' && Array.isArray(value)) return [key, value.flatMap((port: unknown) => takePort(port, told))];
    if (key === 'volumes' && Array.isArray(value)) return [key, value.map((mount: unknown) => takeMount(mount, told))];
    return [key, value];
  });
  return { service: Object.fromEntries(taken), leftOut: [...leftOut] };
}

type Told = (key: LeftOutKey) => void;

const everywhere = '0.0.0.0';

function takePort(port: unknown, told: Told): unknown[] {
  if (typeof port === 'number') return [String(port)];
  if (typeof port === 'string') return portsOf(port.replace(/^0\.0\.0\.0:(?=\d[\d-]*:)/, ''));
  const described = withoutKey(port, 'name', () => told('ports.name'));
  const plain = withoutKey(described, 'app_protocol', () => told('ports.app_protocol'));
  return [isMap(plain) && plain['host_ip'] === everywhere ? without(plain, 'host_ip') : plain];
}

/** More than people write, and less than a mistake of a digit would make. */
const rangeMax = 256;

/** `7000-7002:8000-8002` is three ports, each to its own. */
function portsOf(port: string): string[] {
  const [, from, to, first, last, protocol = ''] = /^(\d+)-(\d+):(\d+)-(\d+)(\/\w+)?$/.exec(port) ?? [];
  const count = Number(to) - Number(from) + 1;
  if (!(count > 0 && count <= rangeMax) || Number(last) - Number(first) + 1 !== count) return [port];
  return Array.from({ length: count }, (_, at) => `${Number(from) + at}:${Number(first) + at}${protocol}`);
}

const consistency = /:(cached|delegated|consistent)$/;

function takeMount(mount: unknown, told: Told): unknown {
  if (typeof mount === 'string') {
    if (consistency.test(mount)) told('volumes.consistency');
    return mount.replace(consistency, '');
  }
  const plain = withoutKey(mount, 'consistency', () => told('volumes.consistency'));
  if (!isMap(plain) || !isMap(plain['bind'])) return plain;
  const isMade = plain['bind']['create_host_path'] !== false;
  const bind = withoutKey(plain['bind'], 'create_host_path', () => isMade && told('volumes.bind.create_host_path'));
  return { ...plain, bind };
}

/** What is no map is left to the checks. */
function withoutKey(value: unknown, key: string, told: () => void): unknown {
  if (!isMap(value) || !(key in value)) return value;
  told();
  return without(value, key);
}
