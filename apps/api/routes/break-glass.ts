import { z } from 'zod';
import { breakGlassSchema, grantSchema, noticeSchema, reviewSchema } from '#core/access/contract.ts';
import { reasonSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { endGrant, listGrants, reviewGrant } from '../verbs/break-glass/review.ts';
import { breakGlass } from '../verbs/break-glass/use.ts';
import { listNotices, seeNotices } from '../verbs/notices/list.ts';

const tags = ['break-glass'];
const params = z.object({ grant: z.string() });
const oneGrant = { 200: jsonAnswer(grantSchema, 'The break-glass') };

const list = route({
  method: 'get',
  path: '/v1/break-glass',
  tags,
  summary: 'Who broke the glass, and who has reviewed it; the newest first',
  responses: { 200: jsonAnswer(z.object({ items: z.array(grantSchema) }), 'The grants') },
});
const use = route({
  method: 'post',
  path: '/v1/break-glass',
  tags,
  summary: 'Act without approval and past a freeze for at most an hour; everybody passed over is told',
  description: 'Nothing skips the record, authentication, verification, or a lock of another person.',
  request: { body: jsonBody(breakGlassSchema) },
  responses: { 201: jsonAnswer(grantSchema, 'The break-glass') },
});
const end = route({
  method: 'post',
  path: '/v1/break-glass/{grant}/end',
  tags,
  summary: 'Give it back before its time',
  request: { params, body: jsonBody(reasonSchema) },
  responses: oneGrant,
});
const review = route({
  method: 'post',
  path: '/v1/break-glass/{grant}/review',
  tags,
  summary: 'Say what you found; until another person has, the owner cannot break the glass again',
  request: { params, body: jsonBody(reviewSchema) },
  responses: oneGrant,
});
const notices = route({
  method: 'get',
  path: '/v1/notices',
  tags,
  summary: 'What the caller has to be told; answers of all routes say how many are left in `flotilla-notices`',
  request: { query: z.object({ all: z.enum(['true', 'false']).default('false').describe('Also those seen before') }) },
  responses: { 200: jsonAnswer(z.object({ items: z.array(noticeSchema) }), 'The notices, the newest first') },
});
const seen = route({
  method: 'post',
  path: '/v1/notices/seen',
  tags,
  summary: 'Say that notices were seen',
  request: { body: jsonBody(z.strictObject({ ids: z.array(z.string().max(40)).max(90) })) },
  responses: { 200: jsonAnswer(z.object({ left: z.number() }), 'How many are left') },
});

export const breakGlassRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listGrants({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(use, async (c) => c.json(await breakGlass({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(end, async (c) => c.json(await endGrant({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200))
    .openapi(review, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await reviewGrant({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(notices, async (c) => {
      const input = { all: c.req.valid('query').all === 'true' };
      return c.json(await listNotices({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(seen, async (c) => c.json(await seeNotices({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200));
