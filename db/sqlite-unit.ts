import type { Database } from 'better-sqlite3';
import { type EventCells, contentOf, eventParams, insertEventSql, placed, selectHeadSql } from './audit-row.ts';
import { type ChainHead, preimage } from '#core/audit/chain.ts';
import { headOf, laterOf } from './head.ts';
import { sha256 } from './sha256-node.ts';
import { statementCache } from './sqlite-statements.ts';
import type { SqlValue } from './statement.ts';
import type { Doorbell } from './store.ts';
import { type PlainUnit, dispatchGuard, dispatchStatement } from './unit.ts';
import type { WriteResult } from './write.ts';

export interface UnitWriter {
  run: (sql: string, params?: SqlValue[]) => void;
  /** Writes a unit into the transaction that is open. Throws what SQLite says when it cannot be; some of it may be written then. */
  write: (unit: PlainUnit) => WriteResult;
}

/** Guards, changes, doorbells, then events behind the head of the chain. */
export function unitWriter(database: Database, now: () => number): UnitWriter {
  const prepared = statementCache(database);
  const run = (sql: string, params: SqlValue[] = []): void => void prepared(sql).run(params);

  function append(cells: EventCells, at: string, last: ChainHead): ChainHead {
    const event = placed(cells, at, last);
    const hash = sha256(preimage(last.hash, contentOf(event)));
    run(insertEventSql, eventParams(event, hash));
    return { sequence: event.sequence, hash };
  }

  function ring(operation: string): Doorbell {
    const guard = dispatchGuard(operation);
    run(guard.sql, guard.params);
    const { sql, params } = dispatchStatement(operation);
    return { operation, number: Number(prepared(sql).get(params)?.[1]) };
  }

  function write(unit: PlainUnit): WriteResult {
    for (const { sql, params } of unit.guards) run(sql, params);
    for (const { sql, params } of unit.changes) run(sql, params);
    const doorbells = unit.dispatch.map((operation) => ring(operation));
    const lastRow = prepared(selectHeadSql).get();
    const before = headOf(lastRow);
    const at = laterOf(new Date(now()).toISOString(), lastRow);
    let last = before;
    for (const cells of unit.events) last = append(cells, at, last);
    const sequences = unit.events.map((_, index) => before.sequence + 1 + index);
    return { kind: 'committed', committed: { at, sequences, doorbells } };
  }

  return { run, write };
}
