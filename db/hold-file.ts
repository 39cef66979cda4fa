import Sqlite from 'better-sqlite3';

export interface HeldFile {
  release: () => void;
}

/**
 * Holds a file for this process alone, made when it is missing; null when another process has it. The lock is SQLite's
 * own, so the operating system lets go of it with the process, however that ends.
 */
export function holdFile(path: string): HeldFile | null {
  const database = new Sqlite(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return { release: () => void database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
}
