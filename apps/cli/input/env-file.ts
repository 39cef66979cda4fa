import { parseEnv } from 'node:util';
import { AppError } from '#core/errors.ts';
import { readText } from './read-file.ts';

/** The variables of a file in dotenv format: `NAME=value` lines. @throws AppError `invalid_input` */
export async function readEnvFile(path: string): Promise<Record<string, string>> {
  const variables = envIn(await readText(path));
  if (variables !== undefined) return variables;
  throw new AppError('invalid_input', `${path} is not a file of variables`, {
    done: 'Nothing was sent.',
    next: 'Write one `NAME=value` on each line; lines that begin with # are comments.',
  });
}

/** Undefined where something in it is no variable: Node's reader passes over that. */
export function envIn(text: string): Record<string, string> | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  const left = plain.replaceAll(assignment, '').split('\n');
  if (!left.every((line) => /^\s*(?:#.*)?$/.test(line))) return undefined;
  return Object.fromEntries(
    Object.entries(parseEnv(plain)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** `NAME=value`, quoted over several lines or not. */
const assignment =
  /^[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:'[^']*'|"[^"]*"|`[^`]*`|[^\r\n]*)[ \t]*(?:#[^\r\n]*)?$/gm;
