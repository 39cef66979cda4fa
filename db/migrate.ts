import { type Database, SqliteError } from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { AppError } from '#core/errors.ts';

/** As drizzle's own migrators write it, so that either may be used on the same database. */
const journalSql =
  'create table if not exists __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)';

/**
 * Applies the migrations that are missing, all in one transaction: a database is never half migrated.
 * @throws AppError `conflict` when the database was made by newer code, or by other migrations than these.
 */
export function migrate(database: Database, migrationsFolder: string): void {
  const known = readMigrationFiles({ migrationsFolder });
  database
    .transaction(() => {
      database.exec(journalSql);
      const applied = database
        .prepare<[], { hash: string }>('select hash from __drizzle_migrations order by created_at, rowid')
        .all();
      refuseForeign(database.name, applied, known);
      const note = database.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
      for (const [index, migration] of known.entries()) {
        if (index < applied.length) continue;
        for (const statement of migration.sql) carryOut(database, statement, index);
        note.run(migration.hash, migration.folderMillis);
      }
    })
    .immediate();
}

/** @throws AppError `conflict` when what is there is neither before this migration nor after it. */
function carryOut(database: Database, statement: string, index: number): void {
  try {
    database.exec(statement);
  } catch (error) {
    if (!(error instanceof SqliteError) || error.code !== 'SQLITE_ERROR') throw error;
    throw new AppError(
      'conflict',
      `${database.name} is half migrated: migration ${index} does not fit what is there (${error.message}).`,
      {
        done: 'Nothing in it was changed.',
        next: 'Restore a backup made before the upgrade: `flotilla restore`.',
        cause: error,
      },
    );
  }
}

function refuseForeign(path: string, applied: { hash: string }[], known: { hash: string }[]): void {
  const other = applied.findIndex(({ hash }, index) => index < known.length && known[index]?.hash !== hash);
  if (other >= 0) {
    throw new AppError('conflict', `${path} was made by other migrations than these (migration ${other} differs).`, {
      done: 'Nothing in it was changed.',
      next: 'Use the version of Flotilla that made it, or another data folder.',
    });
  }
  if (applied.length > known.length) {
    throw new AppError(
      'conflict',
      `${path} is newer than this version of Flotilla: it has ${applied.length} migrations, this version knows ${known.length}.`,
      {
        done: 'Nothing in it was changed.',
        next: 'Use the newer version, or restore a backup made before the upgrade.',
      },
    );
  }
}
