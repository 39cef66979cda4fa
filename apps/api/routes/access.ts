import { canAnswerSchema, canQuerySchema, policyViewSchema, setPolicySchema } from '#core/access/contract.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { can } from '../verbs/access/can.ts';
import { setPolicy, showPolicy } from '../verbs/access/policy.ts';

const tags = ['access'];

const asked = route({
  method: 'get',
  path: '/v1/can',
  tags,
  summary: 'Whether somebody may do something, by which rule, and what else stands in the way',
  request: { query: canQuerySchema },
  responses: { 200: jsonAnswer(canAnswerSchema, 'The decision, explained') },
});
const show = route({
  method: 'get',
  path: '/v1/policy',
  tags,
  summary: 'The policy in force',
  responses: { 200: jsonAnswer(policyViewSchema, 'The policy') },
});
const set = route({
  method: 'put',
  path: '/v1/policy',
  tags,
  summary: 'Put a whole policy in the place of the one in force',
  description: 'The keys of a policy are those of the answer; a key that is not known is refused by name.',
  request: { body: jsonBody(setPolicySchema) },
  responses: { 200: jsonAnswer(policyViewSchema, 'The policy') },
});

export const accessRoutes = (deps: Deps) =>
  router()
    .openapi(asked, async (c) => c.json(await can({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200))
    .openapi(show, async (c) => c.json(await showPolicy({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(set, async (c) => c.json(await setPolicy({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200));
