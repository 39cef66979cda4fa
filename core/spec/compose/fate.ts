import { isSameJson } from '../../canonical.ts';
import { isMap, valueAt } from '../../map.ts';
import type { LeftOutKey } from './words.ts';

export type Json = Record<string, unknown>;

/** A service as a rule finds it: its name, what it says beside the key, and the whole file. */
export interface Found {
  name: string;
  service: Json;
  file: Json;
}

/** What becomes of a key of Compose that a spec does not have. */
export type Fate =
  /** What it says is so anyway. */
  | { kind: 'as-it-is' }
  /** Told with the word of the key, or another one (words.ts). `service`, where that leaves something behind. */
  | { kind: 'left-out'; service?: Json; word?: LeftOutKey }
  /** Said by another key of the spec. */
  | { kind: 'becomes'; service: Json; at: readonly PropertyKey[] }
  | { kind: 'refused'; message: string }
  /** Refused by its name with all the others (compose-keys.ts). */
  | { kind: 'not-taken' };
export type Rule = (value: unknown, found: Found) => Fate;

export const asItIs: Fate = { kind: 'as-it-is' };
export const leftOut: Fate = { kind: 'left-out' };
export const notTaken: Fate = { kind: 'not-taken' };
export const refused = (message: string): Fate => ({ kind: 'refused', message });

/** What the service says at a path then, unless it says something else there already. */
export function becomes({ service }: Found, at: readonly string[], value: unknown, isSame = isSameJson): Fate {
  const there = valueAt(service, at) ?? undefined;
  if (there === undefined) return { kind: 'becomes', service: withValueAt(service, at, value), at };
  if (isSame(there, value)) return asItIs;
  return refused(
    `is not what \`${at.join('.')}\` says (${textOf(there)}), and a swarm knows that one only; leave one of them out`,
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What is no map on the way stays: the checks tell of it. */
function withValueAt(map: Json, [key = '', ...rest]: readonly string[], value: unknown): Json {
  if (rest.length === 0) return { ...map, [key]: value };
  const inner = map[key] ?? {};
  return isMap(inner) ? { ...map, [key]: withValueAt(inner, rest, value) } : map;
}

/** An empty list or map, as tools write them. */
export const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;

/** What is a map of those in a section of a file, by name. */
export const mapsOf = (section: unknown): [string, Json][] =>
  isMap(section) ? Object.entries(section).filter((one): one is [string, Json] => isMap(one[1])) : [];
