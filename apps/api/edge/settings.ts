import { SettingsReader } from '#core/settings.ts';
import type { Env } from './env.ts';

/** Reads the bindings that are texts, settings and secrets. There are no files in workerd. */
export const settingsOf = (env: Env): SettingsReader => new SettingsReader(textsOf(env), () => '');

const textsOf = (env: Env): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
