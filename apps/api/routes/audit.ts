import type { AuditEvent } from '#core/audit.ts';
import { csvHead, csvRow } from '#core/audit/csv.ts';
import {
  auditKeySchema,
  auditPageSchema,
  auditQuerySchema,
  exportQuerySchema,
  recordCheckSchema,
  verifyAuditQuerySchema,
} from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonLines, textStream } from '../http/ndjson.ts';
import { jsonAnswer, route, streamAnswer, streamed } from '../http/route.ts';
import { router } from '../http/router.ts';
import { exportAudit } from '../verbs/audit/export.ts';
import { auditKey } from '../verbs/audit/key.ts';
import { listAudit } from '../verbs/audit/list.ts';
import { verifyAudit } from '../verbs/audit/verify.ts';

const tags = ['audit'];

const list = route({
  method: 'get',
  path: '/v1/audit',
  tags,
  summary: 'Who did what, newest first',
  description:
    '`q` is a query such as `actor:ada action:operation.* -source:webhook -7d "connection refused"`: repeated fields mean one of them, different ones all of them, a minus not, `*` any text. Without `stream:`, `outcome:` or `action:` it means acts alone; denials and looks at the record are `stream:access`, both are `stream:all`.',
  request: { query: auditQuerySchema },
  responses: { 200: jsonAnswer(auditPageSchema, 'A page of events') },
});

const verify = route({
  method: 'get',
  path: '/v1/audit/verify',
  tags,
  summary: 'Check the whole record: the chain, its signed checkpoints, the triggers',
  request: { query: verifyAuditQuerySchema },
  responses: { 200: jsonAnswer(recordCheckSchema, 'Where it does not fit, if anywhere') },
});

const key = route({
  method: 'get',
  path: '/v1/audit/key',
  tags,
  summary: 'The public key that signs the record, and the last checkpoint',
  responses: { 200: jsonAnswer(auditKeySchema, 'Keep both where nobody who owns the database can change them') },
});

const exported = route({
  method: 'get',
  path: '/v1/audit/export',
  tags,
  summary: 'Events with their hashes, oldest first: NDJSON that can be checked offline, or CSV',
  description:
    'NDJSON begins with a line about the export and the signed checkpoints, then comes one event a line. With a filter it proves each event, but not that none is missing.',
  request: { query: exportQuerySchema },
  responses: {
    200: streamAnswer('application/x-ndjson', 'The events'),
  },
});

export const auditRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listAudit({ ctx: contextOf(deps, c), input: c.req.valid('query') }), 200))
    .openapi(verify, async (c) => {
      const { anchor, reconcile } = c.req.valid('query');
      const input = { anchor, reconcile: reconcile === 'true' };
      return c.json(await verifyAudit({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(key, async (c) => c.json(await auditKey({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(exported, async (c) => {
      const { format, ...input } = c.req.valid('query');
      const { head, events } = await exportAudit({ ctx: contextOf(deps, c), input });
      if (format === 'csv')
        return streamed(textStream(csvOf(events), { 'content-type': 'text/csv; charset=utf-8; header=present' }));
      const type = { 'content-type': 'application/x-ndjson; charset=utf-8' };
      return streamed(textStream(jsonLines(head, events), type));
    });

async function* csvOf(batches: AsyncGenerator<AuditEvent[]>): AsyncGenerator<string> {
  yield csvHead;
  for await (const batch of batches) yield batch.map((event) => csvRow(event)).join('');
}
