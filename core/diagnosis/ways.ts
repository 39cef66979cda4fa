import type { CheckResult } from '../verification.ts';

/** An ordered pair of hosts: `from` speaks to `to`. */
export interface Way {
  from: string;
  to: string;
}

/** The way of a check; one that leads to no single host ends nowhere. */
export const wayOf = ({ from, to }: Pick<CheckResult, 'from' | 'to'>): Way => ({ from, to: to ?? '' });
export const backOf = ({ from, to }: Way): Way => ({ from: to, to: from });

/** No name of a host has a line break. */
const keyOf = ({ from, to }: Way): string => `${from}\n${to}`;

/** Ways to be looked up: between two hundred hosts there are forty thousand, each of them asked for by every rule. */
export interface WaySet {
  has: (way: Way) => boolean;
  /** Whether it is among them, or its way back is: what needs an answer needs both. */
  hasEither: (way: Way) => boolean;
}

export function waySet(ways: readonly Way[]): WaySet {
  const keys = new Set(ways.map(keyOf));
  const has = (way: Way): boolean => keys.has(keyOf(way));
  return { has, hasEither: (way) => has(way) || has(backOf(way)) };
}

/** Each way once, in the order in which they first come. */
export const distinctWays = (ways: readonly Way[]): Way[] => [
  ...new Map(ways.map((way) => [keyOf(way), way])).values(),
];

/** What there is about each way. */
export function byWay<T>(all: readonly T[], wayOfOne: (one: T) => Way): (way: Way) => readonly T[] {
  const groups = Map.groupBy(all, (one) => keyOf(wayOfOne(one)));
  return (way) => groups.get(keyOf(way)) ?? [];
}
