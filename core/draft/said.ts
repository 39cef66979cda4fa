import { isMap } from '../map.ts';

/* How what an engine says is turned into the keys of a spec: what is nothing is left out. */

/** Something of what runs that the spec cannot say, by the object and in words. */
export interface Untold {
  /** `service web`, `container tool on h3`. */
  what: string;
  why: string;
}

/** Nothing at all, as engines write it when nothing was asked: null, false, 0, an empty text, list or map. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isNothing);
}

/** The key with its value, unless that is nothing. */
export const said = (key: string, value: unknown): Record<string, unknown> =>
  isNothing(value) ? {} : { [key]: value };

/** The key, made of a value that is a number other than 0. */
export const saidOf = (key: string, value: unknown, write: (amount: number) => unknown): Record<string, unknown> =>
  typeof value === 'number' && value !== 0 ? { [key]: write(value) } : {};

/** The key with a map whose names alone say something, unless there is none. */
export const saidByName = (key: string, map: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.keys(map).length === 0 ? {} : { [key]: map };

/** Names in an engine's object beside those that are known, which say something. */
export const unknownIn = (value: unknown, known: readonly string[]): string[] =>
  isMap(value) ? Object.keys(value).filter((name) => !known.includes(name) && !isNothing(value[name])) : [];
