import type { z } from 'zod';
import { fitsPattern } from '#core/audit-query/parse.ts';
import type { AuditQuery } from '#core/audit-query/query.ts';
import type { AuditEvent } from '#core/audit.ts';
import type { auditQuerySchema } from '#core/wire.ts';
import { auditPage } from '#db/audit/page.ts';
import type { Call } from '../../http/env.ts';
import { numberOfCursor, pageOfRows } from '../../http/page.ts';
import { type Visible, visibleTo } from '../../visible.ts';
import { noteLook } from './note-look.ts';
import { askedOf, queryOf } from './query.ts';

/** Newest first. That somebody looked is on record itself. @throws QueryError, AppError `invalid_input` */
export async function listAudit({
  ctx,
  input,
}: Call<z.output<typeof auditQuerySchema>>): Promise<{ items: AuditEvent[]; next: string | null }> {
  const seen = await visibleTo(ctx, 'audit.read');
  const { cursor, limit, ...filters } = input;
  const query = within(queryOf(ctx, filters), seen);
  const before = numberOfCursor(cursor);
  const page = { query, cursor: before, limit: limit + 1, order: 'newest' } as const;
  const events = query.fields.cluster?.any.length === 0 ? [] : await auditPage(ctx.deps.store.query, page);
  await noteLook(ctx, 'audit.read', { ...askedOf(filters), ...(before === null ? {} : { before }) });
  return pageOfRows(
    events,
    limit,
    ({ sequence }) => sequence,
    (event) => event,
  );
}

/** Whoever may see some clusters only is shown events of these, and of those that he asked for among them. */
function within(query: AuditQuery, { whole, clusters }: Visible): AuditQuery {
  if (whole || clusters === null) return query;
  const { any = [], none = [] } = query.fields.cluster ?? {};
  const isAsked = (name: string): boolean => any.length === 0 || any.some((pattern) => fitsPattern(pattern, name));
  return { ...query, fields: { ...query.fields, cluster: { any: clusters.filter(isAsked), none } } };
}
