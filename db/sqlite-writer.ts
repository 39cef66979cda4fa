import type { Database } from 'better-sqlite3';
import { insertWordsSql } from './audit-row.ts';
import { failureOf } from './failure.ts';
import { unitWriter } from './sqlite-unit.ts';
import { type PlainUnit, tableWritten } from './unit.ts';
import type { WriteResult } from './write.ts';

/** What became of one unit. A fault of ours goes to the caller of that unit only. */
export type UnitResult = WriteResult | { kind: 'fault'; error: unknown };

/**
 * Carries out units in one transaction. Nearly always all of them go through; when one fails, the transaction is undone
 * and done again with each in a savepoint, so that the one leaves the others whole. Events go in at the end, all at once,
 * since nothing that a unit expects or changes asks for an event of another one; then their words are indexed.
 * When the transaction itself fails (disk full, locked), none of them is written and each is refused.
 * `onWritten` is told of the tables that may have changed, before anybody is answered.
 */
export function sqliteWriter(
  database: Database,
  now: () => number,
  onWritten: (table: string) => void = () => {},
): (units: PlainUnit[]) => UnitResult[] {
  const { run, chainEnd, write } = unitWriter(database, now);

  function attempt(unit: PlainUnit): UnitResult {
    run('savepoint unit');
    try {
      const end = chainEnd();
      const result = write(unit, end);
      end.insert();
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
      if (results.some((result) => hasEvents(result))) run(insertWordsSql);
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
      return transaction(() => {
        const end = chainEnd();
        const results = units.map((unit) => write(unit, end));
        end.insert();
        return results;
      });
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

const hasEvents = (result: UnitResult): boolean => result.kind === 'committed' && result.committed.sequences.length > 0;

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
