import { closeSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { linkPagesOf } from './links.ts';
import type { ChainLink } from '#core/audit/chain.ts';
import { schemaNumber, selectSchemaSql } from './schema-number.ts';

/**
 * Copies a database that is in use into a new file: everything committed until now, as of one moment. One read
 * transaction, so that whoever writes meanwhile neither waits nor makes it begin again.
 */
export function snapshotTo(path: string, target: string): void {
  // SQLite would make it for everybody to read; an empty file it takes as it is.
  closeSync(openSync(target, 'wx', 0o600));
  const source = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 2000 });
  try {
    source.prepare('vacuum into ?').run(target);
  } finally {
    source.close();
  }
}

/** A database that lies in a file and is only looked at. */
export interface Snapshot {
  /** What SQLite itself finds wrong with it; empty when it is whole. */
  damage: () => string[];
  /** The number of its schema, and the one that this code has. */
  schema: { found: number; own: number };
  /** Operations that are not over. */
  unfinished: () => number;
  linkPages: () => AsyncIterable<ChainLink[]>;
}

/** Opens it read-only for as long as `use` takes. */
export async function withSnapshot<T>(path: string, use: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true });
  const rows = (sql: string, params: unknown[] = []): unknown[][] =>
    database.prepare<unknown[], unknown[]>(sql).raw(true).all(params);
  try {
    return await use({
      damage: () => [
        ...rows('pragma integrity_check').flatMap(([text]) => (text === 'ok' ? [] : [String(text)])),
        ...rows('pragma foreign_key_check').map(([table]) => `a row of ${String(table)} names one that is not there`),
      ],
      schema: { found: Number(rows(selectSchemaSql)[0]?.[0] ?? 0), own: schemaNumber },
      unfinished: () => Number(rows(unfinishedSql)[0]?.[0]),
      linkPages: () => linkPagesOf(rows),
    });
  } finally {
    database.close();
  }
}

const unfinishedSql = "select count(*) from operations where state in ('awaiting-approval', 'queued', 'running')";
