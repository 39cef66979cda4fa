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
  const statement = database.prepare<unknown[], unknown[]>(plannedOnce(sql));
  return statement.reader ? statement.raw(true) : statement;
}

/** Texts and names, which are passed over, and parameters after `=` or `is`. */
const quotedOrEqual = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<=(?:(?<![<>!])=|\bis)\s*)\?/gi;

/**
 * The same statement with a plus before each parameter that something is to equal. It changes no value, but hides from
 * SQLite that this is a parameter. Else SQLite reads and plans the statement anew at every use, in case that another value
 * deserves another plan, and that takes longer than to run it. Ours have no statistics by which plans would differ.
 */
export const plannedOnce = (sql: string): string =>
  sql.replace(quotedOrEqual, (found) => (found === '?' ? '+?' : found));
