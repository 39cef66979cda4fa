import Sqlite from 'better-sqlite3';
import { migrate } from '../migrate.ts';
import { ownMigrations } from '../sqlite-open.ts';
import type { Store } from '../store.ts';
import { selectTriggersSql, triggersOf } from './triggers-of.ts';

/** Names of triggers that are missing or not word for word as the migrations make them in a new database. */
export async function changedTriggers(store: Store, migrationsFolder = ownMigrations): Promise<string[]> {
  const made = triggersOf(madeNew(migrationsFolder));
  const found = triggersOf(await store.query(selectTriggersSql, []));
  return [...made.keys()].filter((name) => found.get(name) !== made.get(name));
}

function madeNew(migrationsFolder: string): unknown[][] {
  const database = new Sqlite(':memory:');
  try {
    migrate(database, migrationsFolder);
    return database.prepare<unknown[], unknown[]>(selectTriggersSql).raw(true).all();
  } finally {
    database.close();
  }
}
