import type { InputIssue } from '../errors.ts';
import { isMap } from '../map.ts';
import { pointerOf } from '../pointer.ts';

/*
 * Variables in a Compose file, as the Compose Specification has them: `$NAME`, `${NAME}`, and with a default, a message
 * or a replacement `${NAME:-…}`, `${NAME-…}`, `${NAME:?…}`, `${NAME?…}`, `${NAME:+…}`, `${NAME+…}`; `$$` is a dollar sign.
 * A default may have variables of its own. Other than in Compose, one without value and default is refused.
 */

/** What a text becomes at a place that takes no text. */
export type Cast = (path: readonly PropertyKey[], text: string) => unknown;

/** The value of a variable; undefined where there is none. */
export type Lookup = (name: string) => string | undefined;

export interface Filled {
  /** The same with the values in. Keys are as they were. */
  value: unknown;
  issues: InputIssue[];
  /** Names of the variables whose values are in. */
  names: string[];
}

/** Puts the values of variables into all texts of a value that was read from YAML. What begins with `x-` at the top is left. */
export function withVariables(value: unknown, lookup: Lookup, cast: Cast = (_, text) => text): Filled {
  const issues: InputIssue[] = [];
  const names = new Set<string>();
  const used: Lookup = (name) => {
    const found = lookup(name);
    if (found !== undefined) names.add(name);
    return found;
  };
  const fill = (item: unknown, path: readonly PropertyKey[]): unknown => {
    if (Array.isArray(item)) return item.map((one, at) => fill(one, [...path, at]));
    if (isMap(item))
      return Object.fromEntries(
        Object.entries(item).map(([key, one]) => {
          const isOwn = path.length === 0 && key.startsWith('x-');
          return [key, isOwn ? one : fill(one, [...path, key])];
        }),
      );
    if (typeof item !== 'string' || !item.includes('$')) return item;
    const pointer = pointerOf(path);
    const filled = fillText(item, used);
    if ('problem' in filled) issues.push({ pointer, message: filled.problem });
    if ('problem' in filled) return item;
    return filled.hasVariable ? cast(path, filled.text) : filled.text;
  };
  return { value: fill(value, []), issues, names: [...names] };
}

type FilledText = { text: string; hasVariable: boolean } | { problem: string };

/** The text with its values in, or why that cannot be. Reads no further than a default that is not needed. */
export function fillText(text: string, lookup: Lookup): FilledText {
  let filled = '';
  let hasVariable = false;
  let rest = text;
  for (;;) {
    const at = rest.indexOf('$');
    if (at === -1) return { text: filled + rest, hasVariable };
    filled += rest.slice(0, at);
    rest = rest.slice(at + 1);
    if (rest.startsWith('$')) {
      filled += '$';
      rest = rest.slice(1);
      continue;
    }
    const read = rest.startsWith('{') ? braced(rest) : plain(rest);
    if (read === undefined) return { problem: 'has a `$` that begins no variable; write `$$` for a dollar sign' };
    const value = valueOf(read, lookup);
    if ('problem' in value) return value;
    filled += value.text;
    hasVariable = true;
    rest = rest.slice(read.length);
  }
}

interface Variable {
  name: string;
  /** What stands between the name and the rest; empty where there is no rest. */
  operator: string;
  rest: string;
  /** How much of the text it takes. */
  length: number;
}

function plain(text: string): Variable | undefined {
  const [name] = /^[A-Za-z_]\w*/.exec(text) ?? [];
  return name === undefined ? undefined : { name, operator: '', rest: '', length: name.length };
}

function braced(text: string): Variable | undefined {
  const end = closing(text);
  if (end === undefined) return undefined;
  const [, name = '', operator = '', rest = ''] = /^([A-Za-z_]\w*)(?:(:?[-?+])(.*))?$/s.exec(text.slice(1, end)) ?? [];
  return name === '' ? undefined : { name, operator, rest, length: end + 1 };
}

/** Where the brace at the start is closed; what stands inside may have braces of its own. */
function closing(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function valueOf({ name, operator, rest }: Variable, lookup: Lookup): { text: string } | { problem: string } {
  const found = lookup(name);
  const isThere = found !== undefined && !(operator.startsWith(':') && found === '');
  if (operator.endsWith('+')) return isThere ? fillText(rest, lookup) : { text: '' };
  if (isThere) return { text: found };
  if (operator.endsWith('-')) return fillText(rest, lookup);
  const why = found === '' ? 'is empty' : 'is not set';
  // The message of the file is told as it is written: what a variable in it holds may be a password.
  if (operator.endsWith('?') && rest !== '')
    return { problem: `needs the variable \`${name}\`, which ${why}: ${rest}` };
  return {
    problem: `needs the variable \`${name}\`, which ${why}${operator === '' ? ` and has no default, such as \`\${${name}:-…}\`` : ''}`,
  };
}

/** A message without the values of variables that it quotes: they may be passwords. Short ones are hidden where they are quoted whole. */
export function withoutValues(message: string, names: readonly string[], lookup: Lookup): string {
  return names.reduce((text, name) => {
    const value = lookup(name) ?? '';
    if (value === '') return text;
    const shown = `\${${name}}`;
    return value.length >= 4 ? text.replaceAll(value, shown) : text.replaceAll(`\`${value}\``, `\`${shown}\``);
  }, message);
}
