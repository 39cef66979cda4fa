import { parseAuditQuery, termOf } from '#core/audit-query/parse.ts';
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
    ...(items.length === 0 ? ['Nothing on record that fits.', ...hintsOf(q)] : auditLines(items, session.layout())),
  ]);
}

/** Who asked and how it ended are two events by two actors: asked for in one query they seem not to have happened. */
function hintsOf(q: string): string[] {
  const { actor, outcome } = parseAuditQuery(q, Date.now()).fields;
  if (actor === undefined || outcome === undefined) return [];
  return [
    'Who asks for an operation is on record with the intent, and how it ended by the worker that ran it:',
    "  flotilla audit ls 'action:operation.ended outcome:failed'   or, with who asked, flotilla ops ls --state failed",
  ];
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
