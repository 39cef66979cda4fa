import type { Database } from 'better-sqlite3';
import { type EventCells, contentOf, eventParams, insertEventSql, placed, selectHeadSql } from './audit-row.ts';
import { type ChainHead, preimage } from '#core/audit/chain.ts';
import { failureOf } from './failure.ts';
import { headOf, laterOf } from './head.ts';
import { sha256 } from './sha256-node.ts';
import { statementCache } from './sqlite-statements.ts';
import type { SqlValue } from './statement.ts';
import type { Doorbell } from './store.ts';
import { type PlainUnit, dispatchGuard, dispatchStatement, tableWritten } from './unit.ts';
import type { WriteResult } from './write.ts';

/** What became of one unit. A fault of ours goes to the caller of that unit only. */
export type UnitResult = WriteResult | { kind: 'fault'; error: unknown };

/**
 * Carries out units in one transaction. Nearly always all of them go through; when one fails, the transaction is undone
 * and done again with each in a savepoint, so that the one leaves the others whole. (With a savepoint for each from the
 * start the full-text index would write a segment for each.)
 * When the transaction itself fails (disk full, locked), none of them is written and each is refused.
 * `onWritten` is told of the tables that may have changed, before anybody is answered.
 */
export function sqliteWriter(
  database: Database,
  now: () => number,
  onWritten: (table: string) => void = () => {},
): (units: PlainUnit[]) => UnitResult[] {
  const prepared = statementCache(database);
  const run = (sql: string, params: SqlValue[] = []) => prepared(sql).run(params);

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

  function attempt(unit: PlainUnit): UnitResult {
    run('savepoint unit');
    try {
      const result = write(unit);
      run('release unit');
      return result;
    } catch (error) {
      const failure = failureOf(error, database.name);
      // SQLite may have rolled the whole transaction back by itself; then no unit of the group is left.
      if (failure.kind === 'unavailable' || !database.inTransaction) throw error;
      run('rollback to unit');
      run('release unit');
      if (failure.kind === 'guard' || failure.kind === 'refused' || failure.kind === 'rehearsed') return failure;
      return { kind: 'fault', error };
    }
  }

  function transaction(work: () => UnitResult[]): UnitResult[] {
    run('begin immediate');
    try {
      const results = work();
      run('commit');
      return results;
    } catch (error) {
      if (database.inTransaction) run('rollback');
      throw error;
    }
  }

  /** Null when one of them failed, and then nothing was written. */
  function together(units: PlainUnit[]): UnitResult[] | null {
    try {
      return transaction(() => units.map((unit) => write(unit)));
    } catch (error) {
      if (failureOf(error, database.name).kind === 'unavailable') throw error;
      return null;
    }
  }

  return (units) => {
    try {
      return together(units) ?? transaction(() => units.map((unit) => attempt(unit)));
    } catch (error) {
      const result = transactionFailed(error, database.name);
      return units.map(() => result);
    } finally {
      for (const table of tablesOf(units)) onWritten(table);
    }
  };
}

function tablesOf(units: readonly PlainUnit[]): Set<string> {
  const tables = new Set<string>();
  for (const { changes, dispatch } of units) {
    for (const { sql } of changes) tables.add(tableWritten(sql) ?? '');
    if (dispatch.length > 0) tables.add('operations');
  }
  return tables;
}

function transactionFailed(error: unknown, path: string): UnitResult {
  const failure = failureOf(error, path);
  return failure.kind === 'unavailable' ? { kind: 'refused', refusal: failure.refusal } : { kind: 'fault', error };
}
