/** A member of JSON that came from outside, by its path; undefined where there is none. */
export const memberAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  );

/** The text at a path, or null. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = memberAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}
