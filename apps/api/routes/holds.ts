import { z } from 'zod';
import { endHoldSchema, holdRequestSchema } from '#core/access/contract.ts';
import { holdKinds, holdSchema } from '#core/access/hold.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { endHold } from '../verbs/holds/end.ts';
import { listHolds } from '../verbs/holds/list.ts';
import { setHold } from '../verbs/holds/set.ts';

const tags = ['locks'];
const oneHold = { 200: jsonAnswer(holdSchema, 'The lock or freeze') };
const kind = z.enum(holdKinds);

const list = route({
  method: 'get',
  path: '/v1/holds',
  tags,
  summary: 'Locks and freezes that are in force',
  responses: { 200: jsonAnswer(z.object({ items: z.array(holdSchema) }), 'The locks and freezes') },
});
const set = route({
  method: 'post',
  path: '/v1/holds',
  tags,
  summary: 'Lock a cluster (nobody else starts a change) or freeze it (nobody does)',
  request: { body: jsonBody(holdRequestSchema.extend({ kind })) },
  responses: oneHold,
});
const end = route({
  method: 'post',
  path: '/v1/holds/end',
  tags,
  summary: 'End a lock or freeze before its time',
  request: { body: jsonBody(endHoldSchema.extend({ kind, cluster: z.string().max(100) })) },
  responses: oneHold,
});

export const holdRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listHolds({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(set, async (c) => c.json(await setHold({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200))
    .openapi(end, async (c) => c.json(await endHold({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200));
