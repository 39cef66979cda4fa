import { fieldsOf } from '../edits/fields.ts';
import type { Intent } from './command.ts';
import { commands } from './commands.ts';

/** The one way to write an intent: what is echoed to people and kept on record. Parses to the same intent again. */
export function normalForm({ command, args, cluster, reason, dryRun, force }: Intent): string {
  const known = commands.get(command);
  const fields = known === undefined ? [] : fieldsOf(known);
  const places = fields.filter(({ positional }) => positional).flatMap(({ name }) => args[name] ?? []);
  const flags = fields.filter(({ positional }) => !positional).flatMap(({ name, flag }) => flagsOf(flag, args[name]));
  return [
    dryRun ? 'plan' : '',
    command,
    ...places.map((value) => (known?.takesRest === true ? textOf(value) : quoted(textOf(value)))),
    ...flags,
    cluster === null ? '' : `in ${quoted(cluster)}`,
    force ? '!' : '',
    reason === null ? '' : `: ${reason}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The same for other eyes: values of environment variables are not shown. */
export const shownForm = (intent: Intent): string =>
  normalForm({ ...intent, args: { ...intent.args, ...maskedEnv(intent.args['env']) } });

const maskedEnv = (env: unknown): Record<string, unknown> =>
  Array.isArray(env) ? { env: env.map((one) => `${String(one).split('=', 1)[0] ?? ''}=***`) } : {};

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

function flagsOf(flag: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((one) => `${flag} ${quoted(textOf(one))}`);
  return value === true ? [flag] : [`${flag} ${quoted(textOf(value))}`];
}

/** Quoted where it would not be one plain word again. */
function quoted(text: string): string {
  if (text === '' || /[\s"']|^[-!]|:$/.test(text)) return `"${text.replaceAll('"', "'")}"`;
  return text;
}
