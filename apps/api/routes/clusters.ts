import { z } from 'zod';
import {
  adoptRequestSchema,
  applyRequestSchema,
  clusterViewSchema,
  editedViewSchema,
  editSchema,
  pageOf,
  planRequestSchema,
  proposeSchema,
  reasonSchema,
  revisionViewSchema,
  verificationViewSchema,
  verifyRequestSchema,
} from '#core/wire.ts';
import { AppError } from '#core/errors.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { pageQuerySchema } from '#core/page.ts';
import { clusterStandSchema } from '#core/revision-summary.ts';
import { namedPage, paged } from '../http/page.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { adoptCluster } from '../verbs/clusters/adopt.ts';
import { requestApply } from '../verbs/clusters/apply.ts';
import { forgetCluster } from '../verbs/clusters/forget.ts';
import { editCluster } from '../verbs/clusters/edit.ts';
import { inspectNetwork } from '../verbs/clusters/inspect-network.ts';
import { listClusters } from '../verbs/clusters/list.ts';
import { requestPlan } from '../verbs/clusters/plan.ts';
import { putSpec } from '../verbs/clusters/put-spec.ts';
import { showCluster } from '../verbs/clusters/show.ts';
import { requestVerify } from '../verbs/clusters/verify.ts';
import { listRunning } from '../verbs/clusters/list-running.ts';
import { listVerifications } from '../verbs/verifications/list.ts';
import { revisionOf } from '../views/revision.ts';
import { accepted, acceptedAnswer } from './accepted.ts';

const tags = ['clusters'];
const params = z.object({ cluster: z.string() });

const list = paged(
  route({
    method: 'get',
    path: '/v1/clusters',
    tags,
    summary: 'All clusters, by name',
    responses: { 200: jsonAnswer(pageOf(clusterViewSchema), 'The clusters') },
  }),
);

const show = route({
  method: 'get',
  path: '/v1/clusters/{cluster}',
  tags,
  summary: 'One cluster',
  request: { params },
  responses: { 200: jsonAnswer(clusterStandSchema, 'The cluster, and how far its current revision came') },
});

const adopt = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/adopt',
  tags,
  summary: 'Record a swarm that somebody else formed, to look at and never to change',
  description:
    'Reads the swarm of the host `from`, which must be a manager. Again on an adopted cluster it looks anew at who the nodes are.',
  request: { params, body: jsonBody(adoptRequestSchema) },
  responses: { 202: acceptedAnswer },
});

const forget = route({
  method: 'delete',
  path: '/v1/clusters/{cluster}',
  tags,
  summary: 'Look at a cluster no more, and manage it no more',
  description:
    'Nothing is touched on its hosts, which belong to no cluster then. Of a managed one that is critical: where the policy asks for approvals, one person does it by break-glass alone. The verb `cluster rm` takes one down.',
  request: { params },
  responses: { 200: jsonAnswer(z.object({ forgotten: z.string() }), 'Its name') },
});

const proposed = {
  200: jsonAnswer(revisionViewSchema, 'The revision that has this spec already'),
  201: jsonAnswer(revisionViewSchema, 'The new proposed revision'),
};

const put = route({
  method: 'put',
  path: '/v1/clusters/{cluster}/spec',
  tags,
  summary: 'Propose a whole spec; the first one makes the cluster',
  request: { params, body: jsonBody(proposeSchema) },
  responses: proposed,
});

const edited = {
  200: jsonAnswer(editedViewSchema, 'The revision that has this spec already'),
  201: jsonAnswer(editedViewSchema, 'The new proposed revision'),
};

const edit = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/edits',
  tags,
  summary: 'Propose what a verb makes of the newest spec, such as `network create`',
  request: { params, body: jsonBody(editSchema) },
  responses: edited,
});

const plan = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/plans',
  tags,
  summary: 'Look at the hosts and plan; changes nothing on them',
  request: { params, body: jsonBody(planRequestSchema) },
  responses: { 202: acceptedAnswer },
});

const apply = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/apply',
  tags,
  summary: 'Make a revision true; with a digest that very plan or nothing',
  request: {
    params,
    headers: z.object({ 'if-match': z.string().optional().describe('The digest of the plan, in quotes') }),
    body: jsonBody(applyRequestSchema),
  },
  responses: { 202: acceptedAnswer },
});

const verify = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/verify',
  tags,
  summary: 'Prove that containers on different hosts reach each other',
  request: { params, body: jsonBody(verifyRequestSchema) },
  responses: { 202: acceptedAnswer },
});

const inspect = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/networks/{network}/inspections',
  tags,
  summary: 'One merged view of a network over all hosts',
  request: { params: params.extend({ network: z.string() }), body: jsonBody(reasonSchema) },
  responses: { 202: acceptedAnswer },
});

const running = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/ps',
  tags,
  summary: 'What runs now: nodes, services with their tasks, containers',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 202: acceptedAnswer },
});

const verifications = route({
  method: 'get',
  path: '/v1/clusters/{cluster}/verifications',
  tags,
  summary: 'Reports of verifications, newest first',
  request: { params, query: pageQuerySchema },
  responses: { 200: jsonAnswer(pageOf(verificationViewSchema), 'A page of reports') },
});

export const clusterRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) =>
      c.json(await listClusters({ ctx: contextOf(deps, c), input: namedPage(c.req.query()) }), 200),
    )
    .openapi(show, async (c) =>
      c.json(await showCluster({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(forget, async (c) =>
      c.json(await forgetCluster({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(adopt, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await adoptCluster({ ctx: contextOf(deps, c), input }));
    })
    .openapi(put, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      const { row, isNew } = await putSpec({ ctx: contextOf(deps, c), input });
      return isNew ? c.json(revisionOf(row), 201) : c.json(revisionOf(row), 200);
    })
    .openapi(edit, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      const { row, isNew, onto } = await editCluster({ ctx: contextOf(deps, c), input });
      const view = { ...revisionOf(row), onto };
      return isNew ? c.json(view, 201) : c.json(view, 200);
    })
    .openapi(plan, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await requestPlan({ ctx: contextOf(deps, c), input }));
    })
    .openapi(apply, async (c) => {
      const body = c.req.valid('json');
      const digest = digestOf(body.digest, c.req.valid('header')['if-match']);
      const input = { ...body, digest, ...c.req.valid('param') };
      return accepted(c, await requestApply({ ctx: contextOf(deps, c), input }));
    })
    .openapi(verify, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await requestVerify({ ctx: contextOf(deps, c), input }));
    })
    .openapi(inspect, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await inspectNetwork({ ctx: contextOf(deps, c), input }));
    })
    .openapi(running, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await listRunning({ ctx: contextOf(deps, c), input }));
    })
    .openapi(verifications, async (c) => {
      const input = { ...c.req.valid('query'), ...c.req.valid('param') };
      return c.json(await listVerifications({ ctx: contextOf(deps, c), input }), 200);
    });

/** The digest of the body or of `If-Match`, which must not say two things. @throws AppError `invalid_input` */
function digestOf(inBody: string | null, ifMatch: string | undefined): string | null {
  if (ifMatch === undefined || ifMatch === '*') return inBody;
  const digest = /^"?([0-9a-f]{64})"?$/.exec(ifMatch.trim())?.[1];
  if (digest !== undefined && (inBody === null || inBody === digest)) return digest;
  throw new AppError('invalid_input', 'If-Match does not name one plan', {
    done: 'Nothing was changed.',
    next: 'Send the digest of a plan in quotes, the same as in the body or there only.',
    issues: [{ pointer: '/headers/if-match', message: 'must be one digest of 64 hex digits' }],
  });
}
