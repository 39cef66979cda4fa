import { z } from 'zod';
import { addTrustSchema, exchangedSchema, exchangeSchema, trustViewSchema } from '#core/ci/contract.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { keysOfIssuers } from '../oidc/keys.ts';
import { exchangeToken } from '../verbs/ci/exchange.ts';
import { addTrust, listTrusts, removeTrust } from '../verbs/ci/trusts.ts';

const tags = ['ci'];

const exchange = route({
  method: 'post',
  path: '/ci/token',
  tags,
  summary: 'Exchange the ID token of a GitHub Actions or GitLab CI run for a token of ten minutes; each once',
  security: [],
  request: { body: jsonBody(exchangeSchema) },
  responses: { 200: jsonAnswer(exchangedSchema, 'The token') },
});
const list = route({
  method: 'get',
  path: '/v1/ci/trusts',
  tags,
  summary: 'Which runs are let in without a secret',
  responses: { 200: jsonAnswer(z.object({ items: z.array(trustViewSchema) }), 'The trusts, by name') },
});
const add = route({
  method: 'post',
  path: '/v1/ci/trusts',
  tags,
  summary: 'Let runs of a repository in without a secret',
  request: { body: jsonBody(addTrustSchema) },
  responses: { 201: jsonAnswer(trustViewSchema, 'The trust') },
});
const remove = route({
  method: 'delete',
  path: '/v1/ci/trusts/{name}',
  tags,
  summary: 'Let them in no more; tokens that were given are over at once',
  request: { params: z.object({ name: z.string() }) },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'The name') },
});

export function ciRoutes(deps: Deps) {
  const keysOf = keysOfIssuers(deps);
  return router()
    .openapi(exchange, async (c) => {
      const { idToken } = c.req.valid('json');
      return c.json(await exchangeToken(deps, { idToken, requestId: c.get('requestId'), keysOf }), 200);
    })
    .openapi(list, async (c) => c.json(await listTrusts({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(add, async (c) => c.json(await addTrust({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(remove, async (c) =>
      c.json(await removeTrust({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    );
}
