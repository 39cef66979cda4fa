import { z } from 'zod';
import { planSchema } from '#core/plan.ts';
import { revisionSummarySchema } from '#core/revision-summary.ts';
import { pageOf, reasonSchema, revisionViewSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { pageQuerySchema } from '#core/page.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { showPlan } from '../verbs/plans/show.ts';
import { listRevisions } from '../verbs/revisions/list.ts';
import { showRevision } from '../verbs/revisions/show.ts';
import { withdrawRevision } from '../verbs/revisions/withdraw.ts';

const tags = ['revisions'];
const params = z.object({ cluster: z.string(), number: z.coerce.number().int().min(1) });

const list = route({
  method: 'get',
  path: '/v1/clusters/{cluster}/revisions',
  tags,
  summary:
    'Desired states of a cluster, newest first: who proposed which when, by what change, and whether it was applied',
  request: { params: params.pick({ cluster: true }), query: pageQuerySchema },
  responses: { 200: jsonAnswer(pageOf(revisionSummarySchema), 'A page of revisions, without their specs') },
});

const show = route({
  method: 'get',
  path: '/v1/clusters/{cluster}/revisions/{number}',
  tags,
  summary: 'One revision, with its whole spec',
  request: { params },
  responses: { 200: jsonAnswer(revisionViewSchema, 'The revision') },
});

const withdraw = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/revisions/{number}/withdraw',
  tags,
  summary: 'Take a proposal back, so that no edit builds on it',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 200: jsonAnswer(revisionViewSchema, 'The revision') },
});

const plan = route({
  method: 'get',
  path: '/v1/plans/{digest}',
  tags,
  summary: 'A plan by its digest; environment values are masked',
  request: { params: z.object({ digest: z.string() }) },
  responses: { 200: jsonAnswer(planSchema, 'The plan') },
});

export const revisionRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => {
      const input = { ...c.req.valid('query'), ...c.req.valid('param') };
      return c.json(await listRevisions({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(show, async (c) =>
      c.json(await showRevision({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(withdraw, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await withdrawRevision({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(plan, async (c) => c.json(await showPlan({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200));
