import type { Database } from 'better-sqlite3';
import { type ChainEnd, type Sqlite, chainEndOf } from './sqlite-chain.ts';
import { statementCache } from './sqlite-statements.ts';
import type { SqlValue } from './statement.ts';
import type { Doorbell } from './store.ts';
import { type PlainUnit, dispatchGuard, dispatchStatement } from './unit.ts';
import type { WriteResult } from './write.ts';

export interface UnitWriter {
  run: Sqlite['run'];
  /** The end of the record in the transaction that is open. */
  chainEnd: () => ChainEnd;
  /**
   * Writes a unit into the transaction that is open, all but its events: those are appended to `end` and wait for its
   * `insert`. Throws what SQLite says when it cannot be; some of it may be written then.
   */
  write: (unit: PlainUnit, end: ChainEnd) => WriteResult;
}

/** Guards, changes, doorbells, then events behind the head of the chain. */
export function unitWriter(database: Database, now: () => number): UnitWriter {
  const prepared = statementCache(database);
  const run = (sql: string, params: SqlValue[] = []): void => void prepared(sql).run(params);

  function ring(operation: string): Doorbell {
    const guard = dispatchGuard(operation);
    run(guard.sql, guard.params);
    const { sql, params } = dispatchStatement(operation);
    return { operation, number: Number(prepared(sql).get(params)?.[1]) };
  }

  function write(unit: PlainUnit, end: ChainEnd): WriteResult {
    for (const { sql, params } of unit.guards) run(sql, params);
    for (const { sql, params } of unit.changes) run(sql, params);
    const doorbells = unit.dispatch.map((operation) => ring(operation));
    return { kind: 'committed', committed: { ...end.append(unit.events), doorbells } };
  }

  return { run, chainEnd: () => chainEndOf({ run, get: (sql) => prepared(sql).get() }, now), write };
}
