import { resolve } from 'node:path';
import type { InputIssue } from '#core/errors.ts';
import { isMap } from '#core/map.ts';
import { pointerOf } from '#core/pointer.ts';
import { envIn } from './env-file.ts';
import { textOf } from './text-file.ts';
import type { WithOthers, YamlFile } from './yaml-file.ts';

/**
 * Puts what the files of `env_file` say into the `environment` of services and containers; what is written there wins, and
 * a later file over an earlier one. What has another form is left to the checks.
 */
export async function withEnvFiles(file: YamlFile, folder: string): Promise<WithOthers> {
  const { value, lineOf } = file.text;
  if (!isMap(value)) return { file, issues: [] };
  const issues: InputIssue[] = [];
  const filled = { ...value };
  for (const section of ['services', 'containers']) {
    const all = value[section];
    if (!isMap(all)) continue;
    const entries = Object.entries(all).map(async ([name, one]) => {
      const at = (...path: PropertyKey[]) => pointerOf([section, name, 'env_file', ...path]);
      return [name, isMap(one) ? await withVariables(one, { folder, at, issues }) : one] as const;
    });
    filled[section] = Object.fromEntries(await Promise.all(entries));
  }
  return { file: { ...file, text: { value: filled, lineOf } }, issues };
}

interface Reading {
  folder: string;
  at: (...path: PropertyKey[]) => string;
  issues: InputIssue[];
}

async function withVariables(one: Record<string, unknown>, reading: Reading): Promise<Record<string, unknown>> {
  const { env_file: written, environment, ...rest } = one;
  const files = filesIn(written);
  if (files === undefined) return one;
  const variables: Record<string, string> = {};
  for (const [at, { path, required }] of files.entries()) {
    const place = Array.isArray(written) ? reading.at(at) : reading.at();
    const found = await textOf(resolve(reading.folder, path));
    const read = 'text' in found ? envIn(found.text) : undefined;
    if (read !== undefined) Object.assign(variables, read);
    else if ('text' in found)
      reading.issues.push({ pointer: place, message: `\`${path}\` has lines that are not \`NAME=value\`` });
    else if (required) reading.issues.push({ pointer: place, message: `cannot read \`${path}\`: ${found.why}` });
  }
  const together = merged(variables, environment);
  return together === undefined ? one : { ...rest, environment: together };
}

interface Named {
  path: string;
  required: boolean;
}

/** The files that `env_file` names: a path, or a list of paths and of `{ path, required }`. Undefined for another form. */
function filesIn(written: unknown): Named[] | undefined {
  const list: unknown[] = Array.isArray(written) ? written : [written];
  const files = list.map((item): Named | undefined => {
    if (typeof item === 'string') return { path: item, required: true };
    if (!isMap(item) || !Array.isArray(written)) return undefined;
    const { path, required = true, ...more } = item;
    if (typeof path !== 'string' || typeof required !== 'boolean' || Object.keys(more).length > 0) return undefined;
    return { path, required };
  });
  return files.every((one) => one !== undefined) ? files : undefined;
}

/** With what is written, in its own form, so that its places stay where they are. */
function merged(variables: Record<string, string>, written: unknown): unknown {
  if (written === undefined || written === null) return variables;
  if (isMap(written)) return { ...variables, ...written };
  if (!Array.isArray(written)) return undefined;
  const names = new Set(written.map((item) => String(item).split('=', 1)[0]));
  const more = Object.entries(variables).filter(([name]) => !names.has(name));
  return [...written, ...more.map(([name, value]) => `${name}=${value}`)];
}
