import type { RunQuery } from './reader.ts';
import type { SqlValue, Statement } from './statement.ts';

/** What we use of a D1 binding; `D1Database` of Workers is one. */
export interface D1Port {
  prepare(sql: string): D1Prepared;
  /** One transaction: all or nothing. */
  batch(statements: D1Prepared[]): Promise<D1Answer[]>;
}

export interface D1Prepared {
  bind(...values: SqlValue[]): D1Prepared;
  raw(): Promise<unknown[][]>;
}

/** Rows as objects by column. */
export interface D1Answer {
  results: unknown[];
}

export const bound = (database: D1Port, { sql, params }: Statement): D1Prepared =>
  database.prepare(sql).bind(...params);

export const d1Query =
  (database: D1Port): RunQuery =>
  (sql, params) =>
    bound(database, { sql, params }).raw();
