import type { InputIssue } from '../errors.ts';
import { isMap } from '../map.ts';
import { checkSpec } from './check.ts';
import { type Place, refusedKeys } from './compose-keys.ts';
import { inputIssues } from './input-issues.ts';
import { type Spec, specSchema } from './spec.ts';
import { asWritten, checkStacks, withStacks } from './stacks.ts';
import { isTakenDown, namesNothing } from './taken-down.ts';

export type ParsedSpec = { ok: true; spec: Spec } | { ok: false; issues: InputIssue[] };

/**
 * Reads a spec as people write it and fills in every default. Never throws: everything that is wrong is told at once,
 * each with a JSON pointer. Checks that span several places (check.ts) are made once the form is right.
 * A parsed spec, given again, parses to itself. `mayBeTakenDown`: a spec that names nothing at all is one, too.
 */
export function parseSpec(input: unknown, { mayBeTakenDown = false } = {}): ParsedSpec {
  const tidy = withoutEmpty(input);
  const parsed = specSchema.safeParse(tidy);
  if (!parsed.success)
    return {
      ok: false,
      issues: withoutConsequences(inputIssues(parsed.error, { schema: specSchema, input: tidy, aboutKey })),
    };
  const written = parsed.data;
  const beforehand = checkStacks(written);
  if (beforehand.length > 0) return { ok: false, issues: beforehand };
  const spec = withStacks(written);
  if (mayBeTakenDown && isTakenDown(spec) && namesNothing(spec)) return { ok: true, spec };
  const issues = checkSpec(spec);
  return issues.length > 0 ? { ok: false, issues: asWritten(issues, written) } : { ok: true, spec };
}

/** A key with nothing after it, as YAML allows, is an empty map; `x-…` at the top is for the writer's own use (Compose). */
function withoutEmpty(input: unknown): unknown {
  if (!isMap(input)) return input;
  const entries = Object.entries(input).filter(([key, value]) => !key.startsWith('x-') && value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'nodes' || key === 'networks' || key === 'volumes') return [key, mapValues(value, emptyIfNull)];
      if (key === 'services' || key === 'containers') return [key, mapValues(value, tidyRunnable)];
      if (key === 'stacks') return [key, mapValues(value, tidyStack)];
      return [key, value];
    }),
  );
}

const mapValues = (value: unknown, change: (item: unknown) => unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)])) : value;

const emptyIfNull = (value: unknown): unknown => value ?? {};

/** In a service or container a key with nothing after it says nothing, as `docker compose config` writes `command: null`. */
function tidyRunnable(value: unknown): unknown {
  if (!isMap(value)) return value;
  const said = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  return 'networks' in said ? { ...said, networks: mapValues(said['networks'], emptyIfNull) } : said;
}

/** Who builds an image here, or takes it from another service, has left it out for that reason, which is told already. */
function withoutConsequences(issues: InputIssue[]): InputIssue[] {
  const told = new Set(issues.map(({ pointer }) => pointer));
  return issues.filter(({ pointer, message }) => {
    const runnable = message === 'is missing' ? /^(.*)\/image$/u.exec(pointer)?.[1] : undefined;
    return runnable === undefined || !(told.has(`${runnable}/build`) || told.has(`${runnable}/extends`));
  });
}

/** A Compose file is tidied as a spec is. */
const tidyStack = (value: unknown): unknown =>
  isMap(value) && 'compose' in value ? { ...value, compose: withoutEmpty(value['compose']) } : value;

/** A key that Compose has and we do not carry out is refused by its name, with what to do instead. */
function aboutKey(path: readonly PropertyKey[], key: string): string | undefined {
  const place = placeOf(path);
  if (place === undefined) return undefined;
  const refused: Readonly<Record<string, string>> = refusedKeys[place];
  if (!Object.hasOwn(refused, key)) return undefined;
  const where = ['reservations', 'healthcheck'].includes(place) ? `${place}.${key}` : key;
  const instead = refused[key] ?? '';
  return instead === '' ? `\`${where}\` is not supported yet` : `\`${where}\` is not accepted: ${instead}`;
}

/** Which part of a spec a path leads to, where Compose has keys that we refuse by name. */
function placeOf(path: readonly PropertyKey[]): Place | undefined {
  const [section, , key] = path;
  if (section === 'stacks' && key === 'compose') return path.length === 3 ? 'stack' : placeOf(path.slice(3));
  if (path.length === 0) return 'spec';
  if (path.length === 2 && section === 'networks') return 'network';
  if (path.length === 2 && section === 'secrets') return 'secret';
  if (path.length === 2 && section === 'configs') return 'config';
  if (path.length === 2 && section === 'volumes') return 'volume';
  if (section !== 'services' && section !== 'containers') return undefined;
  if (path.length === 2) return section === 'services' ? 'service' : 'container';
  if (key === 'deploy') return path.at(-1) === 'reservations' ? 'reservations' : undefined;
  if (key === 'healthcheck') return 'healthcheck';
  if (key === 'volumes') return path.length === 4 ? 'mount' : mountPlaces[String(path[4])];
  if (path.length === 4) return key === 'ports' ? 'port' : key === 'networks' ? 'attachment' : undefined;
  return undefined;
}

const mountPlaces: Readonly<Record<string, Place>> = { bind: 'mountBind', volume: 'mountVolume', tmpfs: 'mountTmpfs' };
