import type { Intent } from '#core/command/command.ts';

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
