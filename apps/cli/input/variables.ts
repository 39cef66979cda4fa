import type { Lookup } from '#core/spec/variables.ts';
import type { CliConfig } from '#cli/config.ts';
import { readEnvFile } from './env-file.ts';

/** What variables of Compose files stand for: the environment of the command, then the file that it names. */
export async function variablesOf({ variable }: Pick<CliConfig, 'variable'>, envFile?: string): Promise<Lookup> {
  const file = new Map(envFile === undefined ? [] : Object.entries(await readEnvFile(envFile)));
  return (name) => variable(name) ?? file.get(name);
}
