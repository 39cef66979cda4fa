import { z } from 'zod';
import { operationSchema } from '#core/operation.ts';
import {
  operationEventSchema,
  operationQuerySchema,
  operationViewSchema,
  pageOf,
  reasonSchema,
  verificationViewSchema,
} from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, orStream, route, streamed } from '../http/route.ts';
import { router } from '../http/router.ts';
import { eventStream, lastEventId } from '../http/sse.ts';
import { cancelOperation } from '../verbs/operations/cancel.ts';
import { followEvents, listEvents } from '../verbs/operations/events.ts';
import { listOperations } from '../verbs/operations/list.ts';
import { retryOperation } from '../verbs/operations/retry.ts';
import { showOperation } from '../verbs/operations/show.ts';
import { showVerification } from '../verbs/verifications/show.ts';
import { accepted, acceptedAnswer } from './accepted.ts';

const tags = ['operations'];
const params = z.object({ id: z.string() });

const list = route({
  method: 'get',
  path: '/v1/operations',
  tags,
  summary: 'Operations, newest first',
  request: { query: operationQuerySchema },
  responses: { 200: jsonAnswer(pageOf(operationSchema), 'A page of operations') },
});

const show = route({
  method: 'get',
  path: '/v1/operations/{id}',
  tags,
  summary: 'One operation with its steps and its plan',
  request: {
    params,
    query: z.object({
      wait: z.coerce.number().min(0).default(0).describe('Seconds to wait for it to end, at most 60'),
    }),
  },
  responses: { 200: jsonAnswer(operationViewSchema, 'The operation') },
});

const eventsAsJson = route({
  method: 'get',
  path: '/v1/operations/{id}/events',
  tags,
  summary: 'What happened, as JSON or (Accept: text/event-stream) as it happens',
  description:
    'The stream ends with the operation. After a lost connection go on with `Last-Event-ID`; comments are keep-alives.',
  request: {
    params,
    query: z.object({ after: z.coerce.number().int().min(0).default(0).describe('Only events after this id') }),
    headers: z.object({ 'last-event-id': z.string().optional() }),
  },
  responses: { 200: jsonAnswer(pageOf(operationEventSchema), 'A page of events, oldest first') },
});
const events = orStream(eventsAsJson, 'text/event-stream');

const cancel = route({
  method: 'post',
  path: '/v1/operations/{id}/cancel',
  tags,
  summary: 'Stop it: at once while it is queued, else before its next step',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 200: jsonAnswer(operationSchema, 'The operation') },
});

const retry = route({
  method: 'post',
  path: '/v1/operations/{id}/retry',
  tags,
  summary: 'Ask again for what failed, was blocked or was cancelled',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 202: acceptedAnswer },
});

const verification = route({
  method: 'get',
  path: '/v1/verifications/{id}',
  tags: ['clusters'],
  summary: 'The report of a verification',
  request: { params },
  responses: { 200: jsonAnswer(verificationViewSchema, 'The report') },
});

export const operationRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) =>
      c.json(await listOperations({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200),
    )
    .openapi(show, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query'), signal: c.req.raw.signal };
      return c.json(await showOperation({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(events, async (c) => {
      const ctx = contextOf(deps, c);
      const { id } = c.req.valid('param');
      const after = Math.max(c.req.valid('query').after, lastEventId(c.req.valid('header')['last-event-id']));
      if (!wantsStream(c.req.header('accept'))) return c.json(await listEvents({ ctx, input: { id, after } }), 200);
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, c.req.raw.signal]);
      return streamed(eventStream(await followEvents({ ctx, input: { id, after, signal } }), () => left.abort()));
    })
    .openapi(cancel, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await cancelOperation({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(retry, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await retryOperation({ ctx: contextOf(deps, c), input }));
    })
    .openapi(verification, async (c) =>
      c.json(await showVerification({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    );

const wantsStream = (accept: string | undefined): boolean => /\btext\/event-stream\b/.test(accept ?? '');
