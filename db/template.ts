import { getTableName, is, Param, Placeholder, sql } from 'drizzle-orm';
import type { SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { insertInto, type Change, type Writable } from './change.ts';
import type { Builder } from './statement.ts';

/* Statements that are built once and filled in each time: building one takes longer than running it. */

export type Values = Readonly<Record<string, unknown>>;

/** What a template makes of values; the type of a template names those that it takes. */
export type Template<Given extends Values> = (values: Given) => Builder;

/** A statement with placeholders (`sql.placeholder('name')`); each use gives what stands in their places. */
export function template(build: () => Builder): Template<Values> {
  let built: { sql: string; fills: Fill[] } | null = null;
  return (values) => ({
    toSQL() {
      built ??= filled(build());
      return { sql: built.sql, params: built.fills.map((fill) => fill(values)) };
    },
  });
}

type Fill = (values: Values) => unknown;

function filled(builder: Builder): { sql: string; fills: Fill[] } {
  const { sql: text, params } = builder.toSQL();
  return { sql: text, fills: params.map((param) => fillOf(param)) };
}

function fillOf(param: unknown): Fill {
  if (is(param, Placeholder)) {
    const { name } = param;
    return (values) => values[name];
  }
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param;
  const { value, encoder } = param;
  const { name } = value;
  return (values) => {
    const given = values[name];
    // drizzle's own filling would write the JSON text `null`.
    return given === null || given === undefined ? given : encoder.mapToDriverValue(given);
  };
}

/** Inserts that were built, by their table and the columns that are given; there are as many as places in the code. */
const inserts = new Map<string, (values: Values) => Change>();

/**
 * `insertInto(table).values(row)`, for what is inserted with every request. Values are plain: no `sql`.
 * A column that is left out or undefined gets its default.
 */
export function insertRow<T extends SQLiteTable>(table: Writable<T>, row: SQLiteInsertValue<T>): Change {
  let name = getTableName(table);
  for (const [key, value] of Object.entries(row)) if (value !== undefined) name += ` ${key}`;
  const known =
    inserts.get(name) ?? template(() => insertInto<T>(table).values(inPlaceOf<T>(name.split(' ').slice(1))));
  inserts.set(name, known);
  return known(row);
}

/** The cast is safe: drizzle takes a placeholder wherever it takes a value. */
const inPlaceOf = <T extends SQLiteTable>(columns: readonly string[]): SQLiteInsertValue<T> =>
  Object.fromEntries(columns.map((column) => [column, sql.placeholder(column)])) as SQLiteInsertValue<T>;
