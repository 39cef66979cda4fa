import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { world, worldForAllTests } from './the-world.ts';

let text = '';
worldForAllTests(async () => {
  text = await (await world.api.app.request('/openapi.json')).text();
});

const content = z.record(z.string(), z.strictObject({ schema: z.looseObject({}) }));
const parameterSchema = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: z.looseObject({}),
  description: z.string().optional(),
});
const referenceSchema = z.strictObject({ $ref: z.string() });
const operationSchema = z.strictObject({
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.union([parameterSchema, referenceSchema])).optional(),
  requestBody: z.strictObject({ required: z.literal(true), content }).optional(),
  responses: z.record(
    z.string().regex(/^(?:[1-5]\d\d|default)$/),
    z.strictObject({
      description: z.string().min(1),
      content: content.optional(),
      headers: z.record(z.string(), z.looseObject({})).optional(),
    }),
  ),
});
/** The frame of OpenAPI 3.1, as far as a document of ours has it. */
const documentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  security: z.tuple([z.strictObject({ token: z.tuple([]) })]),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'put', 'post', 'delete']), operationSchema),
  ),
  webhooks: z.strictObject({}),
  components: z.strictObject({
    schemas: z.record(z.string(), z.looseObject({})),
    parameters: z.record(z.string(), parameterSchema),
    securitySchemes: z.strictObject({
      token: z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer') }),
    }),
  }),
});
const parsed = () => documentSchema.parse(JSON.parse(text));

/** Routes as the app answers them, without middleware. */
const served = () =>
  world.api.app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((route) => route !== 'get /openapi.json' && route !== 'get /docs');

describe('the OpenAPI document', () => {
  test('is OpenAPI 3.1 and has every route that is answered', () => {
    const { paths } = parsed();
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(told.sort()).toEqual([...new Set(served())].sort());
    expect(told.length).toBeGreaterThan(30);
  });

  test('names each parameter of a path, each tag, and a problem for every route', () => {
    const { paths, tags } = parsed();
    for (const [path, methods] of Object.entries(paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods)) {
        const named = (operation.parameters ?? []).flatMap((one) => ('in' in one && one.in === 'path' ? one.name : []));
        expect([path, new Set(named)]).toEqual([path, new Set(inPath)]);
        expect(operation.responses['default']?.content).toHaveProperty('application/problem+json');
        expect(tags.map(({ name }) => name)).toContain(operation.tags[0]);
      }
    }
  });

  test('refers only to schemas that it has, and writes large ones once', () => {
    const { components } = parsed();
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
    expect(new Set(refs)).toEqual(new Set(Object.keys(components.schemas).filter((name) => refs.includes(name))));
    for (const name of ['Plan', 'Operation', 'OperationView', 'Revision', 'Spec', 'Problem', 'Step'])
      expect(refs).toContain(name);
    expect(text.length).toBeLessThan(240_000);
  });

  test('refers to what every change understands, which is written once', () => {
    const { paths, components } = parsed();
    const references = Object.keys(components.parameters).map((name) => ({ $ref: `#/components/parameters/${name}` }));
    expect(Object.values(components.parameters).map(({ name }) => name)).toEqual(['dry_run', 'Idempotency-Key']);
    const changes = Object.entries(paths).flatMap(([path, { post }]) =>
      path.startsWith('/v1/hosts') && post ? post : [],
    );
    expect(changes.length).toBeGreaterThan(3);
    for (const { parameters } of changes) expect(parameters).toEqual(expect.arrayContaining(references));
  });

  test('says that events may come as a stream', () => {
    const answer = parsed().paths['/v1/operations/{id}/events']?.get?.responses['200'];
    expect(Object.keys(answer?.content ?? {})).toEqual(['application/json', 'text/event-stream']);
  });
});

describe('the page to read it', () => {
  test('shows every route, loads nothing and runs nothing', async () => {
    const response = await world.api.app.request('/docs');
    const page = await response.text();
    expect(page).toContain('Idempotency-Key</code>');
    for (const route of served()) expect(page).toContain(`<code>${route.split(' ')[1]}</code>`);
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:\/\//i);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    const ids = new Set([...page.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    expect(anchors.filter((id) => !ids.has(id))).toEqual([]);
  });
});
