import { QueryError } from './query-error.ts';

/** One term as it was typed: `-field:value`, or a text. */
export interface Token {
  not: boolean;
  /** Null for a text. */
  field: string | null;
  value: string;
  isQuoted: boolean;
  /** Offsets into the query: of the term, and of its value. */
  at: number;
  valueAt: number;
}

/** Splits a query into terms. @throws QueryError for a quote without its end, or a field without a value. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    if (/\s/.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    const { token, end } = tokenAt(query, at);
    tokens.push(token);
    at = end;
  }
  return tokens;
}

function tokenAt(query: string, start: number): { token: Token; end: number } {
  // `-7d` is a time, as in `-7d..-1d`; before anything else a minus is a not.
  const not = query.charAt(start) === '-' && !/^-\d+[smhdw](?:\.\.|\s|$)/.test(query.slice(start));
  const begin = not ? start + 1 : start;
  const field = fieldAt(query, begin);
  const valueAt = field === null ? begin : begin + field.length + 1;
  const { value, end, isQuoted } = valueFrom(query, valueAt);
  if (value === '') {
    const what = field === null ? 'The minus has nothing behind it' : `\`${field}:\` has no value`;
    throw new QueryError(query, start, field === null ? `${what}.` : `${what}; write \`${field}:something\`.`);
  }
  return { token: { not, field, value, isQuoted, at: start, valueAt }, end };
}

function fieldAt(query: string, at: number): string | null {
  return /^[A-Za-z_]+(?=:)/.exec(query.slice(at))?.[0] ?? null;
}

function valueFrom(query: string, at: number): { value: string; end: number; isQuoted: boolean } {
  if (query.charAt(at) === '"') return quotedFrom(query, at);
  let end = at;
  while (end < query.length && !/[\s"]/.test(query.charAt(end))) end += 1;
  return { value: query.slice(at, end), end, isQuoted: false };
}

/** `\"` and `\\` stand for themselves. */
function quotedFrom(query: string, at: number): { value: string; end: number; isQuoted: boolean } {
  let value = '';
  for (let next = at + 1; next < query.length; next += 1) {
    const letter = query.charAt(next);
    if (letter === '"') {
      if (value === '') throw new QueryError(query, at, 'There is nothing between the quotes.');
      return { value, end: next + 1, isQuoted: true };
    }
    if (letter === '\\' && /["\\]/.test(query.charAt(next + 1))) next += 1;
    value += query.charAt(next);
  }
  throw new QueryError(query, at, 'The quote has no end; close it with `"`.');
}
