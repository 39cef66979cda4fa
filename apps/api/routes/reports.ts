import type { Context } from 'hono';
import { z } from 'zod';
import { expositionType } from '#core/reports/exposition.ts';
import { htmlOf, reportPolicy } from '#core/reports/html/page.ts';
import { junitOf } from '#core/reports/junit.ts';
import { pairHistorySchema, type Report, reportSchema, reportSummarySchema } from '#core/reports/report.ts';
import { pageOf } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import type { AppEnv } from '../http/env.ts';
import { limitSchema, pageQuerySchema } from '#core/page.ts';
import { jsonAnswer, orStream, route, streamAnswer, streamed } from '../http/route.ts';
import { router } from '../http/router.ts';
import { listReports } from '../verbs/reports/list.ts';
import { showMetrics } from '../verbs/metrics/show.ts';
import { pairHistory } from '../verbs/reports/pair-history.ts';
import { showReport } from '../verbs/reports/show.ts';

const tags = ['clusters'];
const params = z.object({ cluster: z.string() });
const formats = ['json', 'junit', 'html'] as const;
type Format = (typeof formats)[number];

const list = route({
  method: 'get',
  path: '/v1/clusters/{cluster}/reports',
  tags,
  summary: 'Verifications and preflights of a cluster, newest first',
  description: 'The last 500 of each kind are kept.',
  request: { params, query: pageQuerySchema },
  responses: { 200: jsonAnswer(pageOf(reportSummarySchema), 'A page of reports, each in a line') },
});

const history = route({
  method: 'get',
  path: '/v1/clusters/{cluster}/pairs/{from}/{to}',
  tags,
  summary: 'What the newest verifications said of one ordered pair',
  request: { params: params.extend({ from: z.string(), to: z.string() }), query: z.object({ limit: limitSchema }) },
  responses: { 200: jsonAnswer(z.object({ items: z.array(pairHistorySchema) }), 'Newest first') },
});

const showAsJson = route({
  method: 'get',
  path: '/v1/reports/{id}',
  tags,
  summary: 'A verification or a preflight: as JSON, as JUnit XML, or as a page that stands alone',
  description:
    '`id` is that of the report or of its operation. The format is that of `format`, else what `Accept` asks for, else JSON.',
  request: { params: z.object({ id: z.string() }), query: z.object({ format: z.enum(formats).optional() }) },
  responses: { 200: jsonAnswer(reportSchema, 'The report') },
});
const show = orStream(orStream(showAsJson, 'text/html'), 'application/xml');

const metrics = route({
  method: 'get',
  path: '/metrics',
  tags: ['system'],
  summary: 'Queue, record, webhooks and newest reports, for Prometheus; needs a token, a viewer’s is enough',
  responses: { 200: streamAnswer('text/plain', 'Metrics in the text format of Prometheus') },
});

export const reportRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => {
      const input = { ...c.req.valid('query'), ...c.req.valid('param') };
      return c.json(await listReports({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(history, async (c) => {
      const input = { ...c.req.valid('query'), ...c.req.valid('param') };
      return c.json(await pairHistory({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(show, async (c) => {
      const report = await showReport({ ctx: contextOf(deps, c), input: c.req.valid('param') });
      const format = c.req.valid('query').format ?? acceptedFormat(c.req.header('accept'));
      return format === 'json' ? c.json(report, 200) : streamed(documentOf(c, report, format));
    })
    .openapi(metrics, async (c) => {
      const text = await showMetrics({ ctx: contextOf(deps, c), input: {} });
      return streamed(c.body(text, 200, { 'content-type': expositionType }));
    });

/** The first of ours that the header names; JSON when it names none of them. */
function acceptedFormat(accept = ''): Format {
  const types: Record<string, Format> = {
    'application/json': 'json',
    'text/html': 'html',
    'application/xml': 'junit',
    'text/xml': 'junit',
  };
  const wanted = accept.split(',').map((one) => one.split(';')[0]?.trim().toLowerCase() ?? '');
  return wanted.map((type) => types[type]).find((format) => format !== undefined) ?? 'json';
}

const documentOf = (c: Context<AppEnv>, report: Report, format: 'junit' | 'html'): Response =>
  format === 'junit'
    ? c.body(junitOf(report), 200, { 'content-type': 'application/xml; charset=utf-8' })
    : c.body(htmlOf(report), 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${reportPolicy}; frame-ancestors 'none'`,
      });
