import type { z } from 'zod';
import { parseAuditQuery } from '#core/audit-query/parse.ts';
import type { AuditField, AuditQuery } from '#core/audit-query/query.ts';
import type { exportQuerySchema } from '#core/wire.ts';
import type { Context } from '../../http/env.ts';

export type AuditFilters = Omit<z.output<typeof exportQuerySchema>, 'format'>;

/**
 * The query and the single filters as one. A filter reads exactly as it is, without patterns.
 * @throws QueryError with the position of what cannot be read.
 */
export function queryOf({ deps }: Context, { q, ...filters }: AuditFilters): AuditQuery {
  const query = parseAuditQuery(q ?? '', deps.nowMs());
  const { actor, action, cluster, operation, outcome } = filters;
  const named: [AuditField, string | undefined][] = [
    ['actor', actor],
    ['action', action],
    ['cluster', cluster],
    ['op', operation],
    ['outcome', outcome],
  ];
  for (const [field, value] of named) {
    if (value !== undefined) (query.fields[field] ??= { any: [], none: [] }).any.push(value);
  }
  // A filter that says what is wanted shows it, whichever stream it is in.
  if ((outcome !== undefined || action !== undefined) && !/\bstream:/i.test(q ?? '')) delete query.fields.stream;
  return query;
}

/** What was asked, for the record. */
export const askedOf = (filters: AuditFilters): Record<string, unknown> =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
