import { z } from 'zod';
import { logsOptionsSchema, serviceLogsOptionsSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonLines, textStream } from '../http/ndjson.ts';
import { jsonBody, route, streamAnswer, streamed } from '../http/route.ts';
import { router } from '../http/router.ts';
import { readLogs } from '../verbs/logs/read.ts';
import { requestLogs } from '../verbs/logs/request.ts';
import { accepted, acceptedAnswer } from './accepted.ts';

const tags = ['clusters'];
const params = z.object({ cluster: z.string() });
/** Longer than any name is, so that a nearest one can be told. */
const name = z.string().min(1).max(255);
const description =
  'Then fetch `/v1/operations/{id}/logs`, which waits for it. With `follow` it goes on with what is printed from then on, until nobody reads it. The record says who looked at what; what was printed is kept nowhere.';

const ofService = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/services/{service}/logs',
  tags,
  summary: 'Read what the tasks of a service printed, each on its own host',
  description,
  request: { params: params.extend({ service: name }), body: jsonBody(serviceLogsOptionsSchema) },
  responses: { 202: acceptedAnswer },
});

const ofContainer = route({
  method: 'post',
  path: '/v1/clusters/{cluster}/containers/{container}/logs',
  tags,
  summary: 'Read what a standalone container printed',
  description,
  request: { params: params.extend({ container: name }), body: jsonBody(logsOptionsSchema) },
  responses: { 202: acceptedAnswer },
});

const fetched = route({
  method: 'get',
  path: '/v1/operations/{id}/logs',
  tags: ['operations'],
  summary: 'What was read, as NDJSON: for who asked, once',
  description:
    'Lines in the order of their time (`line`), then each container that was read (`source`: with 0 lines it printed nothing) and what could not be seen, with the reason (`unseen`). The last record is `end`: without it the answer broke off, and the operation says why. One that is followed has no end: its lines come as they are printed, `source` tells that a container has ended, `seen` that what was `unseen` can be seen again, and `stopped` why nothing more comes (such as a lost right). Empty lines are keep-alives.',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: streamAnswer('application/x-ndjson', 'A record a line') },
});

export const logsRoutes = (deps: Deps) =>
  router()
    .openapi(ofService, async (c) => {
      const { service, cluster } = c.req.valid('param');
      const input = { ...c.req.valid('json'), of: 'service' as const, name: service, cluster };
      return accepted(c, await requestLogs({ ctx: contextOf(deps, c), input }));
    })
    .openapi(ofContainer, async (c) => {
      const { container, cluster } = c.req.valid('param');
      const input = { ...c.req.valid('json'), of: 'container' as const, name: container, cluster };
      return accepted(c, await requestLogs({ ctx: contextOf(deps, c), input }));
    })
    .openapi(fetched, async (c) => {
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, c.req.raw.signal]);
      const records = await readLogs({ ctx: contextOf(deps, c), input: { ...c.req.valid('param'), signal } });
      const headers = { 'content-type': 'application/x-ndjson; charset=utf-8' };
      return streamed(textStream(lifeSigns(jsonLines([], records)), headers));
    });

/** An empty line keeps proxies from closing a silent stream. */
async function* lifeSigns(texts: AsyncGenerator<string>): AsyncGenerator<string> {
  for await (const text of texts) yield text === '' ? '\n' : text;
}
