import type { Intent } from '#core/command/command.ts';
import { clusterMeant } from '../../every-cluster.ts';

/* The arguments of an intent were checked against the command's schema when it was parsed. */

export const textArg = ({ args }: Intent, name: string): string => textArgOrNull({ args }, name) ?? '';

export function textArgOrNull({ args }: Pick<Intent, 'args'>, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' ? value : null;
}

export const listArg = ({ args }: Intent, name: string): string[] => {
  const value = args[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** The cluster of a command that may be for all of them; `cluster` finds the one where none is said. */
export const clusterArg = async ({ cluster: said }: Intent, cluster: () => Promise<string>): Promise<string> =>
  said === null ? await cluster() : clusterMeant(said);
