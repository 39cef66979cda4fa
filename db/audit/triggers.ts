import Sqlite from 'better-sqlite3';
import { migrate } from '../migrate.ts';
import { ownMigrations } from '../sqlite-open.ts';
import type { Store } from '../store.ts';

const listSql = "select name, sql from sqlite_master where type = 'trigger' order by name";

/** Names of triggers that are missing or not word for word as the migrations make them in a new database. */
export async function changedTriggers(store: Store, migrationsFolder = ownMigrations): Promise<string[]> {
  const made = triggersOf(madeNew(migrationsFolder));
  const found = triggersOf(await store.query(listSql, []));
  return [...made.keys()].filter((name) => found.get(name) !== made.get(name));
}

const triggersOf = (rows: unknown[][]): Map<string, string> =>
  new Map(rows.map(([name, sql]) => [String(name), String(sql)]));

function madeNew(migrationsFolder: string): unknown[][] {
  const database = new Sqlite(':memory:');
  try {
    migrate(database, migrationsFolder);
    return database.prepare<unknown[], unknown[]>(listSql).raw(true).all();
  } finally {
    database.close();
  }
}
