import { z } from 'zod';
import { handedOverSchema } from '#core/logs.ts';
import {
  adoptedSchema,
  doorbellsQuerySchema,
  doorbellsSchema,
  fenceSchema,
  handOverSchema,
  heldQuerySchema,
  heldSchema,
  leaseRequestSchema,
  leaseSchema,
  observedRequestSchema,
  plannedSchema,
  renewedSchema,
  reportsAnswerSchema,
  reportsRequestSchema,
} from '#core/worker-wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { takeAdoption } from '../verbs/worker/adopted.ts';
import { listenForDoorbells } from '../verbs/worker/doorbells.ts';
import { listHeld } from '../verbs/worker/list-held.ts';
import { handOver } from '../verbs/worker/hand-over.ts';
import { takeLease } from '../verbs/worker/lease.ts';
import { takeObservation } from '../verbs/worker/observe.ts';
import { releaseLease } from '../verbs/worker/release.ts';
import { renewLease } from '../verbs/worker/renew.ts';
import { takeReports } from '../verbs/worker/report.ts';

const tags = ['workers'];
const params = z.object({ id: z.string() });

const lease = route({
  method: 'post',
  path: '/v1/worker/leases',
  tags,
  summary: 'Take up an operation; `busy` when it is not its turn or somebody has it, `conflict` when it is over',
  request: { body: jsonBody(leaseRequestSchema) },
  responses: { 200: jsonAnswer(leaseSchema, 'Everything that is needed to run it') },
});

const doorbells = route({
  method: 'get',
  path: '/v1/worker/doorbells',
  tags,
  summary: 'Wait for operations that are due, over a line that the worker opened itself',
  request: { query: doorbellsQuerySchema },
  responses: { 200: jsonAnswer(doorbellsSchema, 'What is due, and what to say the next time') },
});

const held = route({
  method: 'get',
  path: '/v1/worker/leases',
  tags,
  summary: 'Which operations a worker holds, to go on with them after a restart',
  request: { query: heldQuerySchema },
  responses: { 200: jsonAnswer(heldSchema, 'Ids of operations, oldest first') },
});

const renewal = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/renewals',
  tags,
  summary: 'Prolong a lease',
  request: { params, body: jsonBody(fenceSchema) },
  responses: { 200: jsonAnswer(renewedSchema, 'For how long, and whether to stop') },
});

const release = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/release',
  tags,
  summary: 'Give a lease back before its time: another worker goes on at once',
  request: { params, body: jsonBody(fenceSchema) },
  responses: { 200: jsonAnswer(z.object({ released: z.string() }), 'Its id') },
});

const observation = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/observation',
  tags,
  summary: 'Hand in what was seen, get the plan, or the refusal with which the operation has ended',
  request: { params, body: jsonBody(observedRequestSchema) },
  responses: { 200: jsonAnswer(plannedSchema, 'The plan, or the refusal') },
});

const adoption = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/adoption',
  tags,
  summary: 'Hand in what was seen of a swarm that is to be adopted; a refusal has ended the operation',
  request: { params, body: jsonBody(observedRequestSchema) },
  responses: { 200: jsonAnswer(adoptedSchema, 'That it is on record, or the refusal') },
});

const logs = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/logs',
  tags,
  summary: 'Hand over what programs printed, to who waits for it: it is kept nowhere',
  request: { params, body: jsonBody(handOverSchema) },
  responses: { 200: jsonAnswer(handedOverSchema, 'Whether somebody waits for it') },
});

const reports = route({
  method: 'post',
  path: '/v1/worker/operations/{id}/reports',
  tags,
  summary: 'Tell what happened, in order; what was told before changes nothing',
  request: { params, body: jsonBody(reportsRequestSchema) },
  responses: { 200: jsonAnswer(reportsAnswerSchema, 'The last sequence on record, and whether to stop') },
});

export const workerRoutes = (deps: Deps) =>
  router()
    .openapi(lease, async (c) => c.json(await takeLease({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200))
    .openapi(doorbells, async (c) => {
      const input = { ...c.req.valid('query'), signal: c.req.raw.signal };
      return c.json(await listenForDoorbells({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(held, async (c) => c.json(await listHeld({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200))
    .openapi(renewal, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await renewLease({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(release, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await releaseLease({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(observation, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await takeObservation({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(adoption, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await takeAdoption({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(logs, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await handOver({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(reports, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await takeReports({ ctx: contextOf(deps, c), input }), 200);
    });
