import { describe, expect, test } from 'vitest';
import { fitsPattern, parseAuditQuery, termOf } from './parse.ts';
import { QueryError } from './query-error.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const ms = (text: string): number => Date.parse(text);
const parse = (query: string) => parseAuditQuery(query, now);
const refusalOf = (query: string): QueryError => {
  try {
    parse(query);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`${query} was read`);
};

describe('a query', () => {
  test('joins different fields, offers repeated ones, and takes a minus for a not', () => {
    const { fields } = parse('actor:ada action:operation.* action:plan.accepted -source:webhook cluster:prod*');
    expect(fields).toEqual({
      actor: { any: ['ada'], none: [] },
      action: { any: ['operation.*', 'plan.accepted'], none: [] },
      source: { any: [], none: ['webhook'] },
      cluster: { any: ['prod*'], none: [] },
    });
  });

  test('takes everything else for text, whole when it is quoted', () => {
    const { text } = parse(String.raw`nginx "connection refused" -"say \"hi\"" 10.0.0.1:2377`);
    expect(text).toEqual({ any: ['nginx', 'connection refused', '10.0.0.1:2377'], none: ['say "hi"'] });
  });

  test.each([
    ['created:2026-10-01', '2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z'],
    ['created:2026-10-01..2026-10-07', '2026-10-01T00:00:00Z', '2026-10-08T00:00:00Z'],
    ['created:2026-10-01T08:30..2026-10-01T09:00:00Z', '2026-10-01T08:30:00Z', '2026-10-01T09:00:01Z'],
    ['created:2026-10-01T08:30+02:00', '2026-10-01T06:30:00Z', '2026-10-01T06:31:00Z'],
    ['created:>=2026-10-01', '2026-10-01T00:00:00Z', null],
    ['created:>2026-10-01', '2026-10-02T00:00:00Z', null],
    ['created:<2026-10-01', null, '2026-10-01T00:00:00Z'],
    ['created:..2026-10-01', null, '2026-10-02T00:00:00Z'],
    ['created:-7d', '2026-11-18T12:00:00Z', null],
    ['-7d', '2026-11-18T12:00:00Z', null],
    ['-2h', '2026-11-25T10:00:00Z', null],
    ['-7d..-1d', '2026-11-18T12:00:00Z', '2026-11-24T12:00:00.001Z'],
    ['created:today', '2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z'],
  ])('reads the time %s', (query, from, to) => {
    const { any, none } = parse(query).created;
    expect(none).toEqual([]);
    expect(any).toEqual([{ from: from === null ? null : ms(from), to: to === null ? null : ms(to) }]);
  });

  test('reads sequence numbers and their ranges', () => {
    expect(parse('seq:7').seq.any).toEqual([{ from: 7, to: 8 }]);
    expect(parse('seq:7..9 -seq:8').seq).toEqual({ any: [{ from: 7, to: 10 }], none: [{ from: 8, to: 9 }] });
  });

  test('means acts, unless it says what else is wanted', () => {
    const stream = (query: string) => parse(query).fields.stream?.any;
    expect(stream('')).toEqual(['act']);
    expect(stream('actor:ada')).toEqual(['act']);
    expect(stream('outcome:denied')).toBeUndefined();
    expect(stream('action:audit.*')).toBeUndefined();
    expect(stream('stream:access')).toEqual(['access']);
    expect(stream('stream:all')).toBeUndefined();
  });
});

describe('what cannot be read', () => {
  test.each([
    ['actr:ada', 1, 'There is no field `actr`; did you mean `actor`?'],
    ['cluster:prod -hots:h1', 15, 'did you mean `host`?'],
    ['outcome:suceeded', 9, 'Did you mean `succeeded`?'],
    ['actor:ada source:phone', 18, 'it is one of cli, http, slack'],
    ['created:yesterday', 9, '`yesterday` is no time'],
    ['created:2026-02-31', 9, 'is no time'],
    ['created:..', 9, 'is no time'],
    ['seq:many', 5, '`seq:` takes numbers'],
    ['actor: ada', 1, '`actor:` has no value'],
    ['say "hello', 5, 'The quote has no end'],
    ['""', 1, 'nothing between the quotes'],
    ['-', 1, 'The minus has nothing behind it'],
  ])('%s is refused at character %i', (query, position, message) => {
    const refusal = refusalOf(query);
    expect(refusal.message).toContain(message);
    expect(refusal.position).toBe(position);
  });

  test('is refused when it is longer than anybody writes', () => {
    expect(refusalOf('x'.repeat(2001)).message).toContain('too long');
    expect(refusalOf('a '.repeat(51)).message).toContain('50 terms');
  });
});

test('a star is any text and everything else is itself', () => {
  expect(fitsPattern('operation.*', 'operation.ended')).toBe(true);
  expect(fitsPattern('operation.*', 'operationXended')).toBe(false);
  expect(fitsPattern('*(b)*', 'a(b)c')).toBe(true);
  expect(fitsPattern('a', 'ab')).toBe(false);
});

test('a value becomes a term that reads as that value', () => {
  for (const value of ['ada', 'Ada Lovelace', 'say "hi"', String.raw`a\b`]) {
    expect(parse(termOf('actor', value)).fields.actor?.any).toEqual([value]);
  }
});
