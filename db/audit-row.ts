import type { AuditDraft, AuditEvent } from '#core/audit.ts';
import { canonical } from '#core/canonical.ts';
import type { ChainHead, ChainLink } from '#core/audit/chain.ts';
import type { auditEvents } from './schema/audit-events.ts';
import type { SqlValue } from './statement.ts';

/** The event of a row that was read through drizzle, without the columns that SQLite derives. */
export function auditEventOf(row: typeof auditEvents.$inferSelect): AuditEvent {
  const { sequence, at, action, actor, source, outcome, cluster, operation, reason, details } = row;
  const target = row.targetKind === null ? null : { kind: row.targetKind, id: row.targetId ?? '' };
  const { previousHash, hash } = row;
  return {
    sequence,
    at,
    action,
    actor,
    source,
    outcome,
    cluster,
    target,
    operation,
    reason,
    details,
    previousHash,
    hash,
  };
}

/** A draft as columns. `actor` and `details` are RFC 8785 JSON: the stored text is the text that is hashed. */
export interface EventCells {
  action: string;
  actor: string;
  source: string;
  outcome: string;
  cluster: string | null;
  targetKind: string | null;
  targetId: string | null;
  operation: string | null;
  reason: string | null;
  details: string;
}

/** @throws TypeError when `details` has something that JSON has no form for, such as NaN. */
export function cellsOf(draft: AuditDraft): EventCells {
  // Nearly every text is well-formed, and looking through it is cheaper than copying all of it.
  const { target, actor, details, ...rest } = isWellFormed(draft) ? draft : wellFormed(draft);
  return {
    ...rest,
    actor: canonical(actor),
    details: canonical(details),
    targetKind: target?.kind ?? null,
    targetId: target?.id ?? null,
  };
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  for (const [key, member] of Object.entries(value)) if (!key.isWellFormed() || !isWellFormed(member)) return false;
  return true;
}

/** SQLite keeps UTF-8, which has no lone surrogates: replace them before the hash is taken, not after. */
function wellFormed<T>(value: T): T;
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map((item) => wellFormed(item));
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]));
}

/** An event with its place in the chain. */
export interface Placed extends EventCells {
  sequence: number;
  at: string;
  previousHash: string;
}

export const placed = (cells: EventCells, at: string, head: ChainHead): Placed => ({
  ...cells,
  at,
  sequence: head.sequence + 1,
  previousHash: head.hash,
});

type Column = keyof Placed | 'hash';
const columns = {
  sequence: 'sequence',
  at: 'at',
  action: 'action',
  actor: 'actor',
  source: 'source',
  outcome: 'outcome',
  cluster: 'cluster',
  targetKind: 'target_kind',
  targetId: 'target_id',
  operation: 'operation',
  reason: 'reason',
  details: 'details',
  previousHash: 'previous_hash',
  hash: 'hash',
} as const satisfies Record<Column, string>;
/** The columns of `linkOfRow` and `eventOfRow`, in their order. */
export const eventColumns = Object.values(columns).join(', ');

const cellsSql = `(${Object.keys(columns)
  .map(() => '?')
  .join(', ')})`;

/** Parameters: `eventParams` of so many events, one after the other. */
export const insertEventsSql = (count: number): string =>
  `insert into audit_events (${eventColumns}) values ${Array.from({ length: count }, () => cellsSql).join(', ')}`;

export const eventParams = (event: Placed, hash: string): SqlValue[] => [
  event.sequence,
  event.at,
  event.action,
  event.actor,
  event.source,
  event.outcome,
  event.cluster,
  event.targetKind,
  event.targetId,
  event.operation,
  event.reason,
  event.details,
  event.previousHash,
  hash,
];

/**
 * The words of events that have none yet, for `"text"` in a query: the last statement of a transaction with events, so
 * that an event and its words are one commit. All events at once, because FTS5 writes a segment for each statement.
 */
export const insertWordsSql =
  'insert into audit_text (rowid, words) ' +
  "select sequence, concat_ws(' ', action, json_extract(actor, '$.name'), cluster, target_kind, target_id, operation, reason, details) " +
  'from audit_events where sequence > coalesce((select rowid from audit_text order by rowid desc limit 1), 0)';

export const selectHeadSql = 'select sequence, hash, at from audit_events order by sequence desc limit 1';

/** Rows for `linkOfRow`, oldest first. Parameters: the sequence after which to begin, the number of rows. */
export const selectLinksSql = `select ${eventColumns} from audit_events where sequence > ? order by sequence limit ?`;

/** The link of a row of `selectLinksSql`. Takes any cell, because whoever tampers is not bound by our types. */
export function linkOfRow(row: readonly unknown[]): ChainLink {
  const [sequence, at, action, actor, source, outcome, cluster, targetKind, targetId, operation, reason, details] = row;
  const cells = {
    sequence,
    at,
    action,
    actor,
    source,
    outcome,
    cluster,
    targetKind,
    targetId,
    operation,
    reason,
    details,
  };
  return {
    sequence: Number(sequence),
    content: contentOf(cells),
    previousHash: String(row[12]),
    hash: String(row[13]),
  };
}

/** The event of a row of `eventColumns`. The store wrote actor and details as JSON of these forms. */
export function eventOfRow(row: readonly unknown[]): AuditEvent {
  const event = {
    sequence: row[0],
    at: row[1],
    action: row[2],
    actor: JSON.parse(String(row[3])),
    source: row[4],
    outcome: row[5],
    cluster: row[6],
    target: row[7] === null ? null : { kind: row[7], id: row[8] ?? '' },
    operation: row[9],
    reason: row[10],
    details: JSON.parse(String(row[11])),
    previousHash: row[12],
    hash: row[13],
  };
  return asWritten(event);
}

/** The cast is the promise of `eventParams`, which wrote these columns. */
const asWritten = (event: object): AuditEvent => event as AuditEvent;

/** RFC 8785 JSON of an event without its hashes. Written out by hand: checking a chain spends its time here. */
export function contentOf(cells: Record<Exclude<keyof Placed, 'previousHash'>, unknown>): string {
  const target =
    cells.targetKind === null && cells.targetId === null
      ? 'null'
      : `{"id":${json(cells.targetId)},"kind":${json(cells.targetKind)}}`;
  return (
    `{"action":${json(cells.action)},"actor":${String(cells.actor)},"at":${json(cells.at)},` +
    `"cluster":${json(cells.cluster)},"details":${String(cells.details)},"operation":${json(cells.operation)},` +
    `"outcome":${json(cells.outcome)},"reason":${json(cells.reason)},"sequence":${json(cells.sequence)},` +
    `"source":${json(cells.source)},"target":${target}}`
  );
}

const json = (cell: unknown): string => (cell === null ? 'null' : JSON.stringify(cell));
