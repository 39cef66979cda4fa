import { z } from 'zod';
import { pageOf } from '#core/wire.ts';
import {
  addTargetSchema,
  messageQuerySchema,
  messageViewSchema,
  outEventSchema,
  rollKeySchema,
  targetViewSchema,
} from '#core/webhooks/out/contract.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { listMessages, resendMessage } from '../verbs/webhooks/messages.ts';
import { addTarget, enableTarget, listTargets, removeTarget, rollTargetKey } from '../verbs/webhooks/targets.ts';

const tags = ['webhooks'];
const one = z.object({ target: z.string().describe('Its name') });
const oneTarget = { 200: jsonAnswer(targetViewSchema, 'The target') };

const list = route({
  method: 'get',
  path: '/v1/webhooks/targets',
  tags,
  summary: 'Who is told of events, by name',
  responses: { 200: jsonAnswer(z.object({ items: z.array(targetViewSchema) }), 'The targets') },
});
const add = route({
  method: 'post',
  path: '/v1/webhooks/targets',
  tags,
  summary: 'Tell somebody of events from now on, by Standard Webhooks with an ed25519 key of its own',
  description: `The body is a JSON object: ${Object.keys(outEventSchema.shape).join(', ')}; docs/webhooks.md has its schema. A name that leads into a private network is refused unless \`allowPrivate\`.`,
  request: { body: jsonBody(addTargetSchema) },
  responses: { 201: jsonAnswer(targetViewSchema, 'The target with its public key') },
});
const roll = route({
  method: 'post',
  path: '/v1/webhooks/targets/{target}/roll',
  tags,
  summary: 'Give a target a new key; both sign for a while',
  request: { params: one, body: jsonBody(rollKeySchema) },
  responses: oneTarget,
});
const enable = route({
  method: 'post',
  path: '/v1/webhooks/targets/{target}/enable',
  tags,
  summary: 'Send again to a target that answered 410, with what waited for it',
  request: { params: one },
  responses: oneTarget,
});
const remove = route({
  method: 'delete',
  path: '/v1/webhooks/targets/{target}',
  tags,
  summary: 'Tell somebody nothing any more',
  request: { params: one },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'Its name') },
});
const messages = route({
  method: 'get',
  path: '/v1/webhooks/messages',
  tags,
  summary: 'What was sent and what waits, newest first',
  request: { query: messageQuerySchema },
  responses: { 200: jsonAnswer(pageOf(messageViewSchema), 'A page of messages') },
});
const resend = route({
  method: 'post',
  path: '/v1/webhooks/messages/{message}/replay',
  tags,
  summary: 'Send a message once more, under the same id',
  request: { params: z.object({ message: z.string() }) },
  responses: { 200: jsonAnswer(messageViewSchema, 'The message') },
});

export const webhookOutRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listTargets({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(add, async (c) => c.json(await addTarget({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(roll, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await rollTargetKey({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(enable, async (c) =>
      c.json(await enableTarget({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(remove, async (c) =>
      c.json(await removeTarget({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(messages, async (c) =>
      c.json(await listMessages({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200),
    )
    .openapi(resend, async (c) =>
      c.json(await resendMessage({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    );
