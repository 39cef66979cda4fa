import { preimage } from '#core/audit/chain.ts';
import { type EventCells, contentOf, eventParams, insertEventsSql, placed, selectHeadSql } from './audit-row.ts';
import { headOf, laterOf } from './head.ts';
import { sha256 } from './sha256-node.ts';
import type { SqlValue } from './statement.ts';

/** Events of one transaction. They get their places behind the head one after the other, and are inserted together. */
export interface ChainEnd {
  /** Gives their time and sequences; they are not in the database before `insert`. */
  append: (events: readonly EventCells[]) => { at: string; sequences: number[] };
  /** Inserts what was appended. */
  insert: () => void;
}

export interface Sqlite {
  run: (sql: string, params?: SqlValue[]) => void;
  get: (sql: string) => unknown[] | undefined;
}

/**
 * Rows of one insert, the most first: a statement for each of these numbers is prepared and no other one. SQLite copies
 * the pages that a statement with a trigger changes, so that many rows in one statement cost half of what they cost alone.
 */
const inserts = [64, 16, 4, 1].map((size) => ({ size, sql: insertEventsSql(size) }));

/** The end of the chain as the transaction sees it when the first is appended. `now`: milliseconds since the epoch. */
export function chainEndOf({ run, get }: Sqlite, now: () => number): ChainEnd {
  /** As `selectHeadSql` gives it, once it was read. */
  let last: { row: readonly unknown[] | undefined } | null = null;
  let rows: SqlValue[][] = [];

  function append(events: readonly EventCells[]): { at: string; sequences: number[] } {
    last ??= { row: get(selectHeadSql) };
    const at = laterOf(new Date(now()).toISOString(), last.row);
    let head = headOf(last.row);
    const sequences: number[] = [];
    for (const cells of events) {
      const event = placed(cells, at, head);
      const hash = sha256(preimage(head.hash, contentOf(event)));
      rows.push(eventParams(event, hash));
      sequences.push(event.sequence);
      head = { sequence: event.sequence, hash };
    }
    if (events.length > 0) last = { row: [head.sequence, head.hash, at] };
    return { at, sequences };
  }

  function insert(): void {
    let from = 0;
    for (const { size, sql } of inserts) {
      for (; rows.length - from >= size; from += size) run(sql, rows.slice(from, from + size).flat());
    }
    rows = [];
  }

  return { append, insert };
}
