import { z } from 'zod';
import { pageOf } from '#core/wire.ts';
import {
  addSourceSchema,
  deliveryQuerySchema,
  deliveryViewSchema,
  madeSourceSchema,
  replayAnswerSchema,
  rollSecretSchema,
  setRulesSchema,
  sourceViewSchema,
} from '#core/webhooks/contract.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { addSource } from '../verbs/webhooks/add-source.ts';
import { removeSource, rollSecret, setRules } from '../verbs/webhooks/change-source.ts';
import { listDeliveries } from '../verbs/webhooks/list-deliveries.ts';
import { listSources, showSource } from '../verbs/webhooks/list-sources.ts';
import { replayDelivery } from '../verbs/webhooks/replay.ts';

const tags = ['webhooks'];
const one = z.object({ source: z.string().describe('Its name') });
const oneSource = { 200: jsonAnswer(sourceViewSchema, 'The source') };

const list = route({
  method: 'get',
  path: '/v1/webhooks/sources',
  tags,
  summary: 'Who may send webhooks, by name',
  responses: { 200: jsonAnswer(z.object({ items: z.array(sourceViewSchema) }), 'The sources') },
});
const show = route({
  method: 'get',
  path: '/v1/webhooks/sources/{source}',
  tags,
  summary: 'One source with its rules',
  request: { params: one },
  responses: oneSource,
});
const add = route({
  method: 'post',
  path: '/v1/webhooks/sources',
  tags,
  summary: 'Let somebody send webhooks, and say what they may cause',
  request: { body: jsonBody(addSourceSchema) },
  responses: { 201: jsonAnswer(madeSourceSchema, 'The source; its secret is told this once') },
});
const rules = route({
  method: 'put',
  path: '/v1/webhooks/sources/{source}/rules',
  tags,
  summary: 'Say anew what the webhooks of a source may cause',
  request: { params: one, body: jsonBody(setRulesSchema) },
  responses: oneSource,
});
const roll = route({
  method: 'post',
  path: '/v1/webhooks/sources/{source}/roll',
  tags,
  summary: 'Give a source a new secret; the old one stays good for a while',
  request: { params: one, body: jsonBody(rollSecretSchema) },
  responses: { 201: jsonAnswer(madeSourceSchema, 'The source; its new secret is told this once') },
});
const remove = route({
  method: 'delete',
  path: '/v1/webhooks/sources/{source}',
  tags,
  summary: 'Take in nothing more from a source; what it sent stays on record',
  request: { params: one },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'Its name') },
});
const deliveries = route({
  method: 'get',
  path: '/v1/webhooks/deliveries',
  tags,
  summary: 'What was sent in the last 90 days, newest first, refused ones too',
  request: { query: deliveryQuerySchema },
  responses: { 200: jsonAnswer(pageOf(deliveryViewSchema), 'A page of deliveries') },
});
const replay = route({
  method: 'post',
  path: '/v1/webhooks/deliveries/{delivery}/replay',
  tags,
  summary: 'Carry out a delivery once more, by the rules as they are now and with the rights of the caller',
  request: { params: z.object({ delivery: z.string() }) },
  responses: { 202: jsonAnswer(replayAnswerSchema, 'The new delivery and its operation') },
});

export const webhookRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listSources({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(show, async (c) => c.json(await showSource({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200))
    .openapi(add, async (c) => c.json(await addSource({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(rules, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await setRules({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(roll, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await rollSecret({ ctx: contextOf(deps, c), input }), 201);
    })
    .openapi(remove, async (c) =>
      c.json(await removeSource({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(deliveries, async (c) =>
      c.json(await listDeliveries({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200),
    )
    .openapi(replay, async (c) =>
      c.json(await replayDelivery({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 202),
    );
