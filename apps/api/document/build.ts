import { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { AppEnv } from '../http/env.ts';
import { namedSchemas, withReferences } from './components.ts';

type Described = Pick<OpenAPIHono<AppEnv>, 'getOpenAPI31Document' | 'openAPIRegistry'>;
export type OpenApiDocument = ReturnType<Described['getOpenAPI31Document']>;

const description = `Plain Docker hosts become one swarm, with overlay networks that are proved to work and a record of who did what.

A change is a proposed revision, its plan, and an operation that applies it. Whatever starts work answers 202 with the
operation: it is on record by then and will run. Follow it with \`?wait=\` or its events.

Whatever starts work needs an \`Idempotency-Key\`, a new random text, and every request may have one. It makes it safe to
send again: for 24 hours the same key gives the first answer, marked \`Idempotency-Replayed\`; 409 while the first one runs, 422 when the key was sent with another request. \`?dry_run=true\`
tries a change and undoes it. \`If-Match: "<digest>"\` binds an apply to the plan that was seen. \`RateLimit\` tells what
is left of a minute's requests; 429 carries \`Retry-After\`.

Send \`Authorization: Bearer flt_…\`. Refusals are problems (RFC 9457) with a stable \`code\`, what was and was not done,
and what to do next. Lists give \`next\`; send it as \`cursor\` for the page that follows.`;

/** What each group of routes is about, in the order of the document. */
const tags = [
  { name: 'hosts', description: 'Machines that are reached by SSH and run a Docker Engine.' },
  { name: 'clusters', description: 'Named swarms: propose, plan, apply, verify, inspect.' },
  { name: 'revisions', description: 'Desired states of a cluster, and plans to get there.' },
  { name: 'commands', description: 'One line of text for what the other routes do, as people say it in chat.' },
  { name: 'operations', description: 'Requests that run: their steps, events and end.' },
  { name: 'audit', description: 'The append-only, hash-chained record.' },
  { name: 'persons', description: 'Who people are, and the tokens by which they come in.' },
  { name: 'access', description: 'Who may do what, by which rule; the policy.' },
  { name: 'approvals', description: 'Plans that other persons have to approve before they run.' },
  { name: 'locks', description: 'Locks and freezes: who keeps a cluster from changes, why, until when.' },
  { name: 'slack', description: 'Which Slack channel is told what happens to which cluster.' },
  { name: 'break-glass', description: 'Acting without approval in an emergency, and what people have to be told.' },
  { name: 'webhooks', description: 'What CI systems and registries send, who may send it, and what it may cause.' },
  { name: 'ci', description: 'Runs of CI systems that come in without a secret, by their own signed tokens.' },
  { name: 'workers', description: 'What a worker asks and tells. People do not need it.' },
  { name: 'system', description: 'Health, and who the caller is.' },
];

/** What every request that may change something understands besides what its route says: written once, and referred to. */
const ofChanges = {
  dryRun: {
    name: 'dry_run',
    in: 'query' as const,
    required: false,
    schema: { type: 'boolean' as const },
    description: '`true`: look at everything, do nothing, and answer 200 with what would be on record',
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header' as const,
    required: false,
    schema: { type: 'string' as const },
    description: 'A new random text. The same request sent again with it is done once; needed for what starts work',
  },
};
const referencesOfChanges = Object.keys(ofChanges).map((name) => ({ $ref: `#/components/parameters/${name}` }));

function describeChanges({ paths = {} }: OpenApiDocument): void {
  for (const [path, item] of Object.entries(paths)) {
    if (path.startsWith('/v1/worker/') || !path.startsWith('/v1/')) continue;
    for (const operation of [item.post, item.put, item.delete, item.patch]) {
      if (operation !== undefined) operation.parameters = [...(operation.parameters ?? []), ...referencesOfChanges];
    }
  }
}

/** The OpenAPI 3.1 document of an app. */
export function openApiDocument(app: Described, version: string): OpenApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const [name, parameter] of Object.entries(ofChanges))
    app.openAPIRegistry.registerComponent('parameters', name, parameter);
  const info = { title: 'Flotilla', version, description };
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info, tags, security: [{ token: [] }] });
  describeChanges(document);
  return withReferences(document, writtenOut(namedSchemas));
}

/** Each schema as the generator writes it out. It is asked by way of a route, which needs no zod with added methods. */
function writtenOut(schemas: Record<string, z.ZodType>): Record<string, unknown> {
  const aside = new OpenAPIHono();
  for (const [name, schema] of Object.entries(schemas)) {
    const content = { 'application/json': { schema } };
    aside.openAPIRegistry.registerPath({
      method: 'get',
      path: `/${name}`,
      responses: { 200: { description: '', content } },
    });
  }
  const { paths = {} } = aside.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  return Object.fromEntries(
    Object.keys(schemas).map((name) => [
      name,
      paths[`/${name}`]?.get?.responses?.['200'].content['application/json'].schema,
    ]),
  );
}
