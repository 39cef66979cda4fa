import { auditOutcomes, auditStreams } from '../audit.ts';
import { sources } from '../actor.ts';

/**
 * What a person asks the record, one language for the HTTP API, the command line and chat:
 *   actor:ada action:operation.* -source:webhook created:2026-10-01..2026-10-07 -7d "connection refused"
 * A field that is repeated means one of them, different fields mean all of them, `-` means not, `*` is any text.
 */
export interface AuditQuery {
  fields: Partial<Record<AuditField, Wanted>>;
  created: Spans;
  /** Sequence numbers. */
  seq: Spans;
  /** Every one of `any` must be found. */
  text: Wanted;
}

/** `*` in a value stands for any text. */
export interface Wanted {
  any: string[];
  none: string[];
}

/** Half-open: `from` is in, `to` is not. Milliseconds since the epoch, or sequence numbers. */
export interface Span {
  from: number | null;
  to: number | null;
}

export interface Spans {
  any: Span[];
  none: Span[];
}

export const auditFields = [
  'actor',
  'action',
  'cluster',
  'host',
  'outcome',
  'source',
  'risk',
  'plan',
  'op',
  'target',
  'stream',
] as const;
export type AuditField = (typeof auditFields)[number];

/** Everything that may stand before a colon. */
export const queryWords = [...auditFields, 'created', 'seq'] as const;
export type QueryWord = (typeof queryWords)[number];

/** Other words for fields, as people type them. */
export const fieldAliases: Readonly<Record<string, QueryWord>> = {
  who: 'actor',
  by: 'actor',
  verb: 'action',
  swarm: 'cluster',
  result: 'outcome',
  operation: 'op',
  since: 'created',
  at: 'created',
  sequence: 'seq',
  on: 'target',
};

/** Fields with a closed set of values. */
export const closedValues: Partial<Record<AuditField, readonly string[]>> = {
  outcome: auditOutcomes,
  source: sources,
  risk: ['read', 'low', 'medium', 'high', 'critical'],
  stream: [...auditStreams, 'all'],
};

export const emptyQuery = (): AuditQuery => ({
  fields: {},
  created: { any: [], none: [] },
  seq: { any: [], none: [] },
  text: { any: [], none: [] },
});
