import { getTableColumns, getTableName } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type Builder, paramsMax } from './statement.ts';

/** An insert, update or delete that `commit` will run. It has no connection of its own: awaiting it throws. */
export type Change = Builder;

/** Tables that only the store itself writes. */
type OwnTable = 'audit_events' | 'audit_prunes' | 'guard' | 'meta';
export type Writable<T extends SQLiteTable> = T['_']['name'] extends OwnTable ? never : T;

const unconnected = drizzle(() =>
  Promise.reject(new Error('A change runs in store.commit only; put it into `changes` and do not await it.')),
);

/** `insertInto(hosts).values({…})`, with `.onConflictDoNothing()` and `.onConflictDoUpdate()` as in drizzle. */
export const insertInto = <T extends SQLiteTable>(table: Writable<T>) => unconnected.insert<T>(table);

/** `update(hosts).set({…}).where(…)`. */
export const update = <T extends SQLiteTable>(table: Writable<T>) => unconnected.update<T>(table);

/** `deleteFrom(hosts).where(…)`. */
export const deleteFrom = <T extends SQLiteTable>(table: Writable<T>) => unconnected.delete<T>(table);

/** Many rows as as many inserts as the limit of parameters needs; none for no rows. */
export function insertRows<T extends SQLiteTable>(table: Writable<T>, rows: readonly SQLiteInsertValue<T>[]): Change[] {
  const perInsert = Math.floor(paramsMax / Object.keys(getTableColumns(table)).length);
  if (perInsert === 0) throw new RangeError(`${getTableName(table)} has more than ${paramsMax} columns.`);
  const changes: Change[] = [];
  for (let from = 0; from < rows.length; from += perInsert) {
    changes.push(unconnected.insert<T>(table).values(rows.slice(from, from + perInsert)));
  }
  return changes;
}
