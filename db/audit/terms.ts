import type { AuditField, AuditQuery, Span, Spans, Wanted } from '#core/audit-query/query.ts';
import type { SqlValue } from '../statement.ts';

/** A condition with the values of its question marks. Nothing that a person typed is ever part of the text. */
export interface Condition {
  sql: string;
  params: SqlValue[];
}

/** Columns that hold a field as it is; an actor is asked for by name or by id. */
export type Column =
  | 'action'
  | 'actor_id'
  | 'actor_name'
  | 'cluster'
  | 'host'
  | 'operation'
  | 'outcome'
  | 'plan'
  | 'risk'
  | 'source'
  | 'stream';

const columns: Readonly<Record<Exclude<AuditField, 'actor' | 'target'>, Column>> = {
  action: 'action',
  cluster: 'cluster',
  host: 'host',
  outcome: 'outcome',
  source: 'source',
  risk: 'risk',
  plan: 'plan',
  op: 'operation',
  stream: 'stream',
};

const actorId = /^(?:person|worker|ci|schedule|system):/;
/** The beginning of a digest is enough to name a plan. */
const digestStart = /^[0-9a-f]{4,63}$/;

/** The values of a field that must be one of, each with the column that holds it. */
export function columnValues(field: AuditField, { any }: Wanted): { column: Column; value: string }[] | null {
  if (field === 'target') return null;
  return any.map((value) => {
    if (field === 'actor') return { column: actorId.test(value) ? 'actor_id' : 'actor_name', value };
    return { column: columns[field], value: field === 'plan' && digestStart.test(value) ? `${value}*` : value };
  });
}

/** Everything that an event must fit but its place: fields, times, words unless it was found by them. */
export function conditionsOf(query: AuditQuery, isFoundByWords: boolean): Condition[] {
  const conditions: Condition[] = [];
  for (const [field, wanted] of fieldsOf(query)) {
    if (wanted.any.length > 0) conditions.push(anyOf(wanted.any.map((value) => matches(field, value))));
    for (const value of wanted.none) conditions.push(negated(matches(field, value)));
  }
  conditions.push(...spanConditions('at', query.created, (ms) => new Date(ms).toISOString()));
  conditions.push(...spanConditions('sequence', query.seq, (number) => number));
  const wanted = query.text.any.filter((text) => !isFoundByWords || matchOf(text) === null);
  for (const text of wanted) conditions.push(hasWords(text));
  for (const text of query.text.none) conditions.push(negated(hasWords(text)));
  return conditions;
}

/** The cast is safe: `fields` has no other keys. */
export const fieldsOf = ({ fields }: AuditQuery): [AuditField, Wanted][] =>
  Object.entries(fields) as [AuditField, Wanted][];

function matches(field: AuditField, value: string): Condition {
  if (field === 'target') return anyOf([like('target_id', value), like(`target_kind || ':' || target_id`, value)]);
  const [one] = columnValues(field, { any: [value], none: [] }) ?? [];
  return like(one?.column ?? 'action', one?.value ?? value);
}

const like = (sql: string, value: string): Condition =>
  value.includes('*') ? { sql: `${sql} glob ?`, params: [globOf(value)] } : { sql: `${sql} = ?`, params: [value] };

/** Our pattern as SQLite's: only the star is special. */
export const globOf = (pattern: string): string => pattern.replaceAll(/[?[]/g, '[$&]');

const negated = ({ sql, params }: Condition): Condition => ({ sql: `(${sql}) is not true`, params });

export const anyOf = (conditions: Condition[]): Condition => ({
  sql: `(${conditions.map(({ sql }) => sql).join(' or ')})`,
  params: conditions.flatMap(({ params }) => params),
});

function spanConditions(column: 'at' | 'sequence', spans: Spans, value: (number: number) => SqlValue): Condition[] {
  const within = ({ from, to }: Span): Condition => {
    const parts: Condition[] = [];
    if (from !== null) parts.push({ sql: `${column} >= ?`, params: [value(from)] });
    if (to !== null) parts.push({ sql: `${column} < ?`, params: [value(to)] });
    return { sql: `(${parts.map(({ sql }) => sql).join(' and ')})`, params: parts.flatMap(({ params }) => params) };
  };
  return [
    ...(spans.any.length === 0 ? [] : [anyOf(spans.any.map((span) => within(span)))]),
    ...spans.none.map((span) => negated(within(span))),
  ];
}

const hasWords = (text: string): Condition => {
  const match = matchOf(text);
  if (match === null) return { sql: `(coalesce(reason, '') || details) glob ?`, params: [`*${globOf(text)}*`] };
  return { sql: 'exists (select 1 from audit_text t where t.rowid = sequence and t.words match ?)', params: [match] };
};

/** A text as an FTS5 phrase, its last word as a beginning when a star follows. Null for a text without letters. */
export function matchOf(text: string): string | null {
  if (!/[\p{L}\p{N}]/u.test(text)) return null;
  const phrase = `"${text.replaceAll('"', ' ')}"`;
  return text.endsWith('*') ? `${phrase} *` : phrase;
}
