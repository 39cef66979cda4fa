/** An ordered pair of hosts: `from` speaks to `to`. */
export interface Way {
  from: string;
  to: string;
}

/** What leads from one host to another, such as a check; where `to` is null it leads to no single one. */
interface Led {
  from: string;
  to: string | null;
}

export const wayOf = ({ from, to }: Led): Way => ({ from, to: to ?? '' });
export const backOf = ({ from, to }: Way): Way => ({ from: to, to: from });

/** No name of a host has a line break. */
const keyOf = ({ from, to }: Led): string => `${from}\n${to ?? ''}`;

/** Ways to be looked up: between two hundred hosts there are forty thousand, each of them asked for by every rule. */
export interface WaySet {
  has: (one: Led) => boolean;
  /** Whether it is among them, or its way back is: what needs an answer needs both. */
  hasEither: (one: Led) => boolean;
}

export function waySet(all: readonly Led[]): WaySet {
  const keys = new Set(all.map(keyOf));
  const has = (one: Led): boolean => keys.has(keyOf(one));
  return { has, hasEither: (one) => has(one) || has(backOf(wayOf(one))) };
}

/** The ways of all, each once, in the order in which they first come. */
export const distinctWays = (all: readonly Led[]): Way[] => [
  ...new Map(all.map((one) => [keyOf(one), wayOf(one)])).values(),
];

/** What there is about each way. */
export function byWay<T extends Led>(all: readonly T[]): (way: Way) => readonly T[] {
  const groups = Map.groupBy(all, keyOf);
  return (way) => groups.get(keyOf(way)) ?? [];
}
