import { z } from 'zod';
import { approverSchema, denyRequestSchema, voteRequestSchema } from '#core/access/contract.ts';
import { approvalSchema } from '#core/approval/approval.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { listApprovals, showApproval } from '../verbs/approvals/list.ts';
import { listApprovers } from '../verbs/approvals/who.ts';
import { vote } from '../verbs/approvals/vote.ts';

const tags = ['approvals'];
const params = z.object({ approval: z.string().describe("Id, operation, or the beginning of the plan's digest") });
const oneApproval = { 200: jsonAnswer(approvalSchema, 'The approval') };

const list = route({
  method: 'get',
  path: '/v1/approvals',
  tags,
  summary: 'What waits for approval, the newest first',
  request: { query: z.object({ all: z.enum(['true', 'false']).default('false').describe('Also what is over') }) },
  responses: { 200: jsonAnswer(z.object({ items: z.array(approvalSchema) }), 'The approvals') },
});
const show = route({
  method: 'get',
  path: '/v1/approvals/{approval}',
  tags,
  summary: 'One approval with its votes',
  request: { params },
  responses: oneApproval,
});
const approvers = route({
  method: 'get',
  path: '/v1/approvals/{approval}/approvers',
  tags,
  summary: 'Who may still approve it: neither who made the change nor who has voted',
  request: { params },
  responses: { 200: jsonAnswer(z.object({ items: z.array(approverSchema) }), 'The persons') },
});
const approve = route({
  method: 'post',
  path: '/v1/approvals/{approval}/approve',
  tags,
  summary: 'Approve this very plan; the last vote that is needed queues the operation',
  description: 'Whoever proposed or asked for the change does not count, under no identity; a person counts once.',
  request: { params, body: jsonBody(voteRequestSchema) },
  responses: oneApproval,
});
const deny = route({
  method: 'post',
  path: '/v1/approvals/{approval}/deny',
  tags,
  summary: 'Deny it: wins over whatever was approved, and ends the operation',
  request: { params, body: jsonBody(denyRequestSchema) },
  responses: oneApproval,
});

export const approvalRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => {
      const input = { all: c.req.valid('query').all === 'true' };
      return c.json(await listApprovals({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(show, async (c) =>
      c.json(await showApproval({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(approvers, async (c) =>
      c.json(await listApprovers({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(approve, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), verdict: 'approve' } as const;
      return c.json(await vote({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(deny, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), verdict: 'deny', confirm: null } as const;
      return c.json(await vote({ ctx: contextOf(deps, c), input }), 200);
    });
