import { isMap } from '../map.ts';

/** A key with nothing after it, as YAML allows, is an empty map; `x-…` at the top is for the writer's own use (Compose). */
export function withoutEmpty(input: unknown): unknown {
  if (!isMap(input)) return input;
  const entries = Object.entries(input).filter(([key, value]) => !key.startsWith('x-') && value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'nodes' || key === 'networks' || key === 'volumes') return [key, mapValues(value, emptyIfNull)];
      if (key === 'services' || key === 'containers') return [key, mapValues(value, tidyRunnable)];
      if (key === 'stacks') return [key, mapValues(value, tidyStack)];
      return [key, value];
    }),
  );
}

const mapValues = (value: unknown, change: (item: unknown) => unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)])) : value;

const emptyIfNull = (value: unknown): unknown => value ?? {};

/** In a service or container a key with nothing after it says nothing, as `docker compose config` writes `command: null`. */
function tidyRunnable(value: unknown): unknown {
  if (!isMap(value)) return value;
  const said = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  return 'networks' in said ? { ...said, networks: mapValues(said['networks'], emptyIfNull) } : said;
}

/** A Compose file is tidied as a spec is. */
const tidyStack = (value: unknown): unknown =>
  isMap(value) && 'compose' in value ? { ...value, compose: withoutEmpty(value['compose']) } : value;
