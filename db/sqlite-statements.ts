import type { Database, Statement } from 'better-sqlite3';

const keptMax = 500;

type Prepared = Statement<unknown[], unknown[]>;

/** Prepared statements by their SQL, rows as arrays; beyond a limit the one that was prepared first is thrown out. */
export function statementCache(database: Database): (sql: string) => Prepared {
  const kept = new Map<string, Prepared>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(database, sql);
    kept.set(sql, statement);
    if (kept.size > keptMax) kept.delete(kept.keys().next().value ?? '');
    return statement;
  };
}

function prepare(database: Database, sql: string): Prepared {
  const statement = database.prepare<unknown[], unknown[]>(sql);
  return statement.reader ? statement.raw(true) : statement;
}
