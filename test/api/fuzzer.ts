import { z } from 'zod';

/** Requests at random over every route of an OpenAPI document: half well formed, half broken in some way. */
export type Fuzzer = () => { request: Request; route: string; changes: boolean };

export interface FuzzOptions {
  /** The first is used most. */
  tokens: readonly string[];
  /** What is there, such as ids of operations: without them most requests would be about nothing. */
  there: readonly string[];
  seed: number;
}

const parameterSchema = z.looseObject({ name: z.string(), in: z.string() });
const parameterOrReference = z.looseObject({ $ref: z.string().optional() });
const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        parameters: z.array(parameterOrReference).optional(),
        requestBody: z
          .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
          .optional(),
      }),
    ),
  ),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), parameterSchema),
  }),
});

/** A generator of numbers that a seed repeats (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = [
  'h1',
  'h2',
  'h3',
  'demo',
  'net1',
  '1',
  '0',
  '-1',
  'last',
  'nobody',
  'a'.repeat(300),
  '%00',
  '..',
  'é',
  '\u{1f600}',
];
const texts = [
  '',
  'x',
  'demo',
  '*',
  "' or 1=1 --",
  '"',
  '\u0000',
  '\ud800',
  '-7d',
  'actor:ada',
  'created:..',
  'a'.repeat(3000),
  '{"$ref":1}',
  '__proto__',
  '=1+1',
];
const numbers = [0, -1, 1, 1.5, 1e308, -0, 2 ** 53, 65_536, Number.NaN];

export function fuzzer(document: unknown, { tokens, there, seed }: FuzzOptions): Fuzzer {
  const { paths, components } = documentSchema.parse(document);
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const random = numbersFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] ?? from[0] ?? fail();
  const chance = (share: number): boolean => random() < share;

  const name = (): string => pick(there.length > 0 && chance(0.4) ? there : names);
  const junk = (depth = 0): unknown =>
    pick<() => unknown>([
      () => pick(texts),
      () => pick(numbers),
      () => null,
      () => true,
      () => [],
      () => ({}),
      () => (depth > 3 ? 0 : [junk(depth + 1), junk(depth + 1)]),
      () => (depth > 3 ? 0 : { [pick(texts)]: junk(depth + 1) }),
    ])();

  /** A value that fits a schema, more or less; now and then anything else. */
  function valueOf(schema: unknown, depth = 0): unknown {
    if (depth > 12 || chance(0.04)) return junk();
    const known = resolved(schema, components.schemas);
    if (known['const'] !== undefined) return known['const'];
    if (Array.isArray(known['enum'])) return pick(known['enum']);
    const choices = known['anyOf'] ?? known['oneOf'];
    if (Array.isArray(choices)) return valueOf(pick(choices), depth + 1);
    if (Array.isArray(known['allOf'])) return valueOf(pick(known['allOf']), depth + 1);
    const type: unknown = Array.isArray(known['type']) ? pick(known['type']) : known['type'];
    if (type === 'string') return chance(0.6) ? name() : pick(texts);
    if (type === 'integer' || type === 'number') return chance(0.5) ? Math.floor(random() * 100) : pick(numbers);
    if (type === 'boolean') return chance(0.5);
    if (type === 'null') return null;
    if (type === 'array')
      return Array.from({ length: Math.floor(random() * 3) }, () => valueOf(known['items'], depth + 1));
    if (type === 'object') return objectOf(known, depth);
    return junk();
  }

  function objectOf(schema: Record<string, unknown>, depth: number): Record<string, unknown> {
    const members = Object.entries(recordOf(schema['properties']));
    const made = Object.fromEntries(
      members.filter(() => chance(0.85)).map(([name, member]) => [name, valueOf(member, depth + 1)]),
    );
    if (chance(0.05)) made[pick(texts)] = junk();
    return made;
  }

  function bodyOf(schema: unknown): string {
    const text = JSON.stringify(valueOf(schema)) ?? '{}';
    if (chance(0.9)) return text;
    return pick([text.slice(0, Math.floor(random() * text.length)), `${text}}`, '', '\u0000', `[${'['.repeat(5000)}`]);
  }

  const written = (parameter: z.infer<typeof parameterOrReference>): z.infer<typeof parameterSchema> =>
    parameterSchema.parse(
      typeof parameter.$ref === 'string' ? components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter,
    );

  return () => {
    const { path, method, operation } = pick(routes);
    const address = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(name()));
    const query = new URLSearchParams();
    for (const parameter of (operation.parameters ?? []).map(written)) {
      if (parameter.in === 'query' && parameter.name !== 'wait' && chance(0.5))
        query.append(parameter.name, String(valueOf(parameter['schema'])));
    }
    const schema = operation.requestBody?.content['application/json']?.schema;
    const headers = new Headers({ 'content-type': chance(0.95) ? 'application/json' : 'text/plain' });
    if (chance(0.97)) headers.set('authorization', `Bearer ${chance(0.7) ? (tokens[0] ?? '') : pick(tokens)}`);
    if (chance(0.8)) headers.set('idempotency-key', chance(0.95) ? `"${random()}"` : '"');
    if (chance(0.1)) headers.set('if-match', pick(['*', '"x"', `"${'a'.repeat(64)}"`]));
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const request = new Request(`http://flotilla.test${address}?${query.toString()}`, {
      method,
      headers,
      ...(hasBody ? { body: schema === undefined ? '{}' : bodyOf(schema) } : {}),
    });
    return { request, route: `${method} ${path}`, changes: hasBody && !path.startsWith('/v1/worker/') };
  };
}

function resolved(schema: unknown, schemas: Record<string, unknown>): Record<string, unknown> {
  const known = recordOf(schema);
  const name = typeof known['$ref'] === 'string' ? known['$ref'].split('/').at(-1) : undefined;
  return name === undefined ? known : resolved(schemas[name], schemas);
}

/** The cast is safe: an object that is no array has members by name. */
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function fail(): never {
  throw new Error('There is nothing to pick from.');
}
