/** An object by its names; a list is none. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Those of a list; none where there is no list. */
export const mapsIn = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isMap) : []);

/** What a value has at a path; undefined where there is nothing. */
export const valueAt = (value: unknown, at: readonly string[]): unknown =>
  at.reduce<unknown>((inner, name) => (isMap(inner) ? inner[name] : undefined), value);

/** The map without one of its keys. */
export const without = (map: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
