import { z } from 'zod';

/** A text, a number or a boolean, each of which Compose takes where it means text. */
export const scalarSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** `name=value`, the value with all that follows. */
export function pairOf(line: string): [name: string, value: string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

/** `NAME=value` lines of an engine as a map; a line without a value is an empty one. */
export const pairsOf = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => (line.includes('=') ? pairOf(line) : [line, ''])));
