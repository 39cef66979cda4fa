/** What SQLite takes as a parameter on both drivers, and what JSON carries to a writer elsewhere. */
export type SqlValue = string | number | null;

/** One SQL statement as plain data. */
export interface Statement {
  sql: string;
  params: SqlValue[];
}

/** A drizzle builder, as far as we use it. */
export interface Builder {
  toSQL(): { sql: string; params: unknown[] };
}

/** D1 takes 100 parameters in a statement; we hold to it on both drivers. */
export const paramsMax = 100;

/** The statement of a builder; drizzle has mapped JSON, booleans and dates by then. Throws on what cannot be sent. */
export function statementOf(builder: Builder): Statement {
  const { sql, params } = builder.toSQL();
  if (params.length > paramsMax) {
    throw new RangeError(`A statement takes ${paramsMax} parameters at most, this has ${params.length}: ${sql}`);
  }
  return { sql, params: params.map((param) => sqlValueOf(param, sql)) };
}

/** @throws TypeError for what SQLite has no value for, such as undefined, NaN or a Date that drizzle did not map. */
export function sqlValueOf(param: unknown, sql: string): SqlValue {
  if (param === null || typeof param === 'string') return param;
  if (typeof param === 'number' && Number.isFinite(param)) return param;
  if (typeof param === 'boolean') return param ? 1 : 0;
  throw new TypeError(`Not a value for SQLite (${typeof param}): ${sql}`);
}
