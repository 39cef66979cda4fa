import { didYouMean, nearest } from '../nearest.ts';
import { type Token, tokensOf } from './lexer.ts';
import { momentOf, spanOf } from './moment.ts';
import { QueryError } from './query-error.ts';
import {
  type AuditField,
  type AuditQuery,
  closedValues,
  emptyQuery,
  fieldAliases,
  queryWords,
  type QueryWord,
} from './query.ts';

/** Longest query that is read, and most terms in one. */
export const queryLengthMax = 2000;
const termsMax = 50;

/**
 * Reads a query (see query.ts for the language). `nowMs` is what `-7d` is counted from.
 * Without `stream:` it means acts alone, unless an outcome or an action is named, which says what is wanted.
 * @throws QueryError with the position and, where something is like it, a suggestion.
 */
export function parseAuditQuery(query: string, nowMs: number): AuditQuery {
  if (query.length > queryLengthMax) throw new QueryError(query, queryLengthMax, 'The query is too long.');
  const tokens = tokensOf(query);
  const surplus = tokens[termsMax];
  if (surplus !== undefined) throw new QueryError(query, surplus.at, `A query has ${termsMax} terms at most.`);
  const parsed = emptyQuery();
  for (const token of tokens) addTerm(parsed, token, query, nowMs);
  return withStream(parsed);
}

/** The stream that is meant when none is named. */
function withStream(query: AuditQuery): AuditQuery {
  const { stream, outcome, action } = query.fields;
  if (stream === undefined && outcome === undefined && action === undefined && query.seq.any.length === 0)
    query.fields.stream = { any: ['act'], none: [] };
  else if (stream?.any.includes('all') === true) delete query.fields.stream;
  return query;
}

function addTerm(parsed: AuditQuery, token: Token, query: string, nowMs: number): void {
  const { not, field, value, isQuoted } = token;
  const side = not ? 'none' : 'any';
  if (field === null) {
    const since = isQuoted ? null : spanOf(value, (text) => relativeOnly(text, nowMs));
    if (since === null) parsed.text[side].push(value);
    else parsed.created[side].push(since);
    return;
  }
  const name = fieldOf(token, field, query);
  if (name === 'created') {
    const span = spanOf(value, (text) => momentOf(text, nowMs));
    if (span === null) throw wrongTime(token, query);
    parsed.created[side].push(span);
  } else if (name === 'seq') {
    const span = spanOf(value, numberOf);
    if (span === null)
      throw new QueryError(
        query,
        token.valueAt,
        '`seq:` takes numbers, such as `seq:120`, `seq:100..200` or `seq:>=9`.',
      );
    parsed.seq[side].push(span);
  } else {
    const wanted = (parsed.fields[name] ??= { any: [], none: [] });
    wanted[side].push(checkedValue(name, token, query));
  }
}

const relativeOnly = (text: string, nowMs: number): { from: number; to: number } | null =>
  text.startsWith('-') ? momentOf(text, nowMs) : null;

const numberOf = (text: string): { from: number; to: number } | null =>
  /^\d{1,15}$/.test(text) ? { from: Number(text), to: Number(text) + 1 } : null;

function fieldOf(token: Token, typed: string, query: string): QueryWord {
  const lower = typed.toLowerCase();
  const known = queryWords.find((name) => name === lower) ?? fieldAliases[lower];
  if (known !== undefined) return known;
  const hint = didYouMean(lower, [...queryWords, ...Object.keys(fieldAliases)]);
  const quoted = `to look for the text, write \`"${typed}:${token.value}"\``;
  throw new QueryError(query, token.not ? token.at + 1 : token.at, `There is no field \`${typed}\`${hint}; ${quoted}.`);
}

/** A value of a closed set must be in it, or be a pattern that fits one of it. */
function checkedValue(name: AuditField, token: Token, query: string): string {
  const values = closedValues[name];
  const { value } = token;
  if (values === undefined || values.includes(value) || values.some((one) => fitsPattern(value, one))) return value;
  const lower = value.toLowerCase();
  if (values.includes(lower)) return lower;
  const like = nearest(value, values);
  const hint = like === undefined ? '' : ` Did you mean \`${like}\`?`;
  throw new QueryError(query, token.valueAt, `\`${value}\` is no ${name}; it is one of ${values.join(', ')}.${hint}`);
}

const wrongTime = (token: Token, query: string): QueryError =>
  new QueryError(
    query,
    token.valueAt,
    `\`${token.value}\` is no time; write 2026-10-01, 2026-10-01T08:30, 2026-10-01..2026-10-07, >=2026-10-01 or -7d.`,
  );

/** Whether a text fits a value in which `*` is any text. */
export function fitsPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

/** A value as a term of the language, quoted where it must be. */
export const termOf = (field: AuditField, value: string): string =>
  `${field}:${/[\s"\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : value}`;
