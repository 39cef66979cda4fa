import type { z } from 'zod';
import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import { knownKeys } from './known-keys.ts';

type ZodIssue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

interface Source {
  schema: z.ZodType;
  input: unknown;
  /** Says something better than "unknown" of a key at a path, or undefined. */
  aboutKey?: (path: Path, key: string) => string | undefined;
}

/** What zod found, in words for people, each with a JSON pointer. The message reads on from the pointer. */
export const inputIssues = (error: z.ZodError, source: Source): InputIssue[] =>
  error.issues.flatMap((issue) => explain(issue, [], source));

function explain(issue: ZodIssue, parent: Path, source: Source): InputIssue[] {
  const path = [...parent, ...issue.path];
  const one = (message: string): InputIssue[] => [{ pointer: pointerOf(path), message }];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, source));
  // A union told apart by one of its keys, which is missing or unknown: no branch was tried.
  if (issue.code === 'invalid_union' && issue.errors.length === 0) return one(issue.message);
  if (issue.code === 'invalid_union') return explainUnion(issue.errors, path, source);
  if (issue.code === 'invalid_key') return one(`is not a valid name: ${issue.issues[0]?.message ?? 'wrong form'}`);
  const received = kindOf(valueAt(source.input, path));
  if (issue.code === 'invalid_type')
    return one(received === 'nothing' ? 'is missing' : `must be ${expectedOf(issue.expected)}, not ${received}`);
  if (issue.code === 'invalid_value') return one(`must be ${choices(issue.values)}`);
  if (issue.code === 'too_small') return one(`must be at least ${String(issue.minimum)}${unitOf(issue.origin)}`);
  if (issue.code === 'too_big') return one(`must be at most ${String(issue.maximum)}${unitOf(issue.origin)}`);
  if (issue.code === 'invalid_format' && issue.format === 'url') return one('must be a URL such as `http://h1:8080/`');
  return one(issue.message);
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' entries long' : '';

function unknownKey(path: Path, key: string, source: Source): InputIssue {
  const pointer = pointerOf([...path, key]);
  const about = source.aboutKey?.(path, key);
  if (about !== undefined) return { pointer, message: about };
  return { pointer, message: `is not a known key${didYouMean(key, knownKeys(source.schema, path))}` };
}

/** The branch that the value was meant for: one that took it at the top and found fault further inside. */
function explainUnion(errors: readonly (readonly ZodIssue[])[], path: Path, source: Source): InputIssue[] {
  const meant = errors.find((issues) => !issues.some((issue) => isWrongKind(issue)));
  if (meant !== undefined) return meant.flatMap((issue) => explain(issue, path, source));
  const received = kindOf(valueAt(source.input, path));
  const pointer = pointerOf(path);
  if (received === 'nothing') return [{ pointer, message: 'is missing' }];
  const expected = [...new Set(errors.flatMap((issues) => issues.flatMap((issue) => wantedOf(issue))))];
  return [{ pointer, message: `must be ${expected.join(' or ')}, not ${received}` }];
}

const isWrongKind = (issue: ZodIssue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    (issue.code === 'invalid_union' && issue.errors.every((issues) => issues.some((inner) => isWrongKind(inner)))));

function wantedOf(issue: ZodIssue): string[] {
  if (issue.path.length > 0) return [];
  if (issue.code === 'invalid_type') return [expectedOf(issue.expected)];
  if (issue.code === 'invalid_value') return [choices(issue.values)];
  return issue.code === 'invalid_union'
    ? issue.errors.flatMap((issues) => issues.flatMap((inner) => wantedOf(inner)))
    : [];
}

const choices = (values: readonly unknown[]): string => values.map((value) => `\`${String(value)}\``).join(' or ');

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};
const expectedOf = (expected: string): string => kinds[expected] ?? expected;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  return kinds[typeof value] ?? typeof value;
}

/** What the input holds at a path; undefined where there is nothing. */
function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, segment) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    return Object.entries(value).find(([key]) => key === String(segment))?.[1];
  }, input);
}
