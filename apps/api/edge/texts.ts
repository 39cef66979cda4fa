import type { Env } from './env.ts';

/** The bindings that are texts: settings and secrets. */
export const textsOf = (env: Env): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
