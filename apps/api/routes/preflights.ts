import { z } from 'zod';
import { clusterPreflightSchema, preflightRequestSchema, preflightViewSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { requestClusterPreflight, requestPreflight } from '../verbs/preflights/request.ts';
import { showPreflight } from '../verbs/preflights/show.ts';
import { accepted, acceptedAnswer } from './accepted.ts';

const ofCluster = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/preflight',
  tags: ['clusters'],
  summary: 'See whether the hosts of the newest revision are fit for it; changes nothing',
  request: { params: z.object({ cluster: z.string() }), body: jsonBody(clusterPreflightSchema) },
  responses: { 202: acceptedAnswer },
});

const ofHosts = route({
  method: 'post',
  path: '/v1/preflights',
  tags: ['hosts'],
  summary: 'See whether hosts are fit to be a swarm, in a cluster or not yet; changes nothing',
  request: { body: jsonBody(preflightRequestSchema) },
  responses: { 202: acceptedAnswer },
});

const show = route({
  method: 'get',
  path: '/v1/preflights/{id}',
  tags: ['hosts'],
  summary: 'The report of a preflight',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: jsonAnswer(preflightViewSchema, 'The report') },
});

export const preflightRoutes = (deps: Deps) =>
  router()
    .openapi(ofCluster, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return accepted(c, await requestClusterPreflight({ ctx: contextOf(deps, c), input }));
    })
    .openapi(ofHosts, async (c) =>
      accepted(c, await requestPreflight({ ctx: contextOf(deps, c), input: c.req.valid('json') })),
    )
    .openapi(show, async (c) =>
      c.json(await showPreflight({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    );
