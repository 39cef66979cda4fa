import type { AuditDraft } from '#core/audit.ts';
import type { ChainHead, ChainLink } from '#core/audit/chain.ts';
import type { Change } from './change.ts';
import type { Guard } from './guard.ts';
import type { Reader, RunQuery } from './reader.ts';

/**
 * The port to the database. `read` sees what was committed; `commit` is the only way to write.
 * Drivers: `openStore` of better-sqlite3.ts on Node, `d1Store` of d1.ts on Workers.
 */
export interface Store {
  readonly read: Reader;
  /**
   * Carries out a unit whole or not at all, and resolves once it is durable.
   * @throws AppError the refusal of the guard that failed (`conflict` unless the guard has its own); `already_exists`
   * for a unique column; `conflict` for a foreign key; `audit_unavailable` when the record cannot be written.
   */
  commit(unit: Unit): Promise<Committed>;
  /**
   * Whether a unit could be committed now: its guards hold and the database takes its changes; all of it is undone.
   * Its events are not tried. @throws as commit
   */
  rehearse(unit: Unit): Promise<void>;
  /** Rows of one SELECT that is written by hand, for what drizzle cannot say. Never with anything typed in its text. */
  readonly query: RunQuery;
  /** Sequence and hash of the last audit event; sequence 0 before the first. */
  head(): Promise<ChainHead>;
  /** The audit events after a head (default: all), in order, as `verifyChain` takes them. */
  links(after?: ChainHead): AsyncIterable<ChainLink>;
  /** The same in pages, for whoever goes through many. */
  linkPages(after?: ChainHead): AsyncIterable<ChainLink[]>;
  /** Waits for the commits that were asked for, then closes. A later commit is refused. */
  close(): Promise<void>;
}

/** One act: what it expects, what it changes, what the record says of it, and what must be looked at afterwards. */
export interface Unit {
  /** Checked first, in order, in the same transaction. */
  expects?: readonly Guard[];
  /** Run in order. A foreign key's row must come before the row that names it. */
  changes: readonly Change[];
  /** Numbered, timed and chained by the store, in order. */
  events: readonly AuditDraft[];
  /** Ids of operations to ring for. The store counts their `dispatch_number` up in the same transaction. */
  dispatch?: readonly string[];
}

export interface Committed {
  /** Time of the events, RFC 3339 in UTC with milliseconds. */
  at: string;
  /** Sequences of the events, in the order of the drafts. */
  sequences: number[];
  /** What to enqueue now; a sweeper rings again for what was committed and is not running. */
  doorbells: Doorbell[];
}

/** The job id of a doorbell is `<operation>-<number>`. */
export interface Doorbell {
  operation: string;
  number: number;
}
