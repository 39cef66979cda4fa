import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import * as schema from './schema/index.ts';
import { type SqlValue, sqlValueOf } from './statement.ts';

/** The drizzle handle for reading, the same on both drivers; it has no insert, update, delete or transaction. */
export type Reader = Pick<SqliteRemoteDatabase<typeof schema>, 'select' | 'selectDistinct' | '$count' | 'query'>;

/** Runs one query and gives its rows as arrays in the order of the columns. */
export type RunQuery = (sql: string, params: SqlValue[]) => Promise<unknown[][]> | unknown[][];

/** A reader over any driver. */
export function readerOver(runQuery: RunQuery): Reader {
  return drizzle(
    async (sql, params, method) => {
      if (method === 'run') throw new Error('The read handle does not write; changes go through store.commit.');
      const rows = await runQuery(
        sql,
        params.map((param) => sqlValueOf(param, sql)),
      );
      // For `get` drizzle wants the one row itself, and undefined where there is none.
      return method === 'get' ? { rows: oneRow(rows) } : { rows };
    },
    { schema },
  );
}

/** drizzle types the answer of `get` as an array, yet reads undefined as "no row". */
const oneRow = (rows: unknown[][]): unknown[] => rows[0] as unknown[];

/** A query that is built once for each reader: for those of every request, building one takes longer than running it. */
export function prepared<Query>(build: (read: Reader) => Query): (read: Reader) => Query {
  const kept = new WeakMap<Reader, Query>();
  return (read) => {
    const known = kept.get(read) ?? build(read);
    kept.set(read, known);
    return known;
  };
}
