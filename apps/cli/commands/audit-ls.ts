import { termOf } from '#core/audit-query/parse.ts';
import type { AuditField } from '#core/audit-query/query.ts';
import { apiOf } from '#cli/api.ts';
import { auditLines } from '#cli/output/audit-view.ts';
import type { Session } from '#cli/session.ts';
import { pages } from './pages.ts';

export interface AuditLsOptions {
  cluster?: string;
  operation?: string;
  actor?: string;
  action?: string;
  limit?: number;
}

/** The newest events that fit a query, in the order in which they happened. */
export async function auditLs(session: Session, words: string[], options: AuditLsOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const q = [...words, ...termsOf(options)].join(' ');
  const newest = await pages(options.limit ?? 50, (page) => ask(client.v1.audit.$get({ query: { q, ...page } })));
  const items = newest.items.toReversed();
  session.show(items, () => [
    ...(newest.isAll ? [] : ['Older events: --limit']),
    ...(items.length === 0 ? ['Nothing on record that fits.'] : auditLines(items, session.layout())),
  ]);
}

/** Options are terms of the same language. */
function termsOf({ cluster, operation, actor, action }: AuditLsOptions): string[] {
  const named: [AuditField, string | undefined][] = [
    ['cluster', cluster],
    ['op', operation],
    ['actor', actor],
    ['action', action],
  ];
  return named.flatMap(([field, value]) => (value === undefined ? [] : [termOf(field, value)]));
}
