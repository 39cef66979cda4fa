import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite, { type Database } from 'better-sqlite3';
import { AppError } from '#core/errors.ts';
import { failureOf } from './failure.ts';
import { errorOf } from './refusal.ts';
import { migrate } from './migrate.ts';

/** How long a statement waits for another process before it is refused. The event loop stands still meanwhile. */
const busyMs = 2000;

/**
 * Pages in the log before they are written to their places, while the event loop stands still: 32 MB. With SQLite's own
 * 1000 that came every 40 commits and made one page of the record in a hundred slow; most pages change again in between.
 */
const walPages = 8000;

/** Where the migrations are: beside this file, in the sources and in the bundle. */
export const ownMigrations = fileURLToPath(new URL('migrations', import.meta.url));

export interface Connections {
  writer: Database;
  /** Opened read-only: SQLite itself refuses to write through it. */
  reader: Database;
}

/**
 * Opens a database, makes it and its folder (for this user only) when they are missing, and migrates it.
 * @throws AppError `audit_unavailable` when it cannot be opened or written, `conflict` when it is newer than the code.
 */
export function openConnections(path: string, migrationsFolder: string = ownMigrations): Connections {
  const opened: Database[] = [];
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    const writer = new Sqlite(path, { timeout: busyMs });
    opened.push(writer);
    writer.pragma('journal_mode = WAL');
    writer.pragma('synchronous = FULL');
    writer.pragma(`wal_autocheckpoint = ${walPages}`);
    writer.pragma('foreign_keys = ON');
    migrate(writer, migrationsFolder);
    // A statement with triggers keeps the pages that it changes until it ends. An event of the record changes more of
    // them than SQLite keeps in memory by itself, and writing them to a file was half of what an event cost.
    writer.pragma('temp_store = MEMORY');
    const reader = new Sqlite(path, { timeout: busyMs, readonly: true });
    return { writer, reader };
  } catch (error) {
    for (const database of opened) database.close();
    if (error instanceof AppError) throw error;
    const failure = failureOf(error, path);
    throw failure.kind === 'unavailable' ? errorOf(failure.refusal, error) : error;
  }
}
