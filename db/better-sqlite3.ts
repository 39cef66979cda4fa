import { groupCommit } from './group-commit.ts';
import { keptFor } from './kept.ts';
import { openConnections } from './sqlite-open.ts';
import { sqliteFreshness } from './sqlite-freshness.ts';
import { statementCache } from './sqlite-statements.ts';
import { type UnitResult, sqliteWriter } from './sqlite-writer.ts';
import { storeOver } from './store-over.ts';
import type { Store } from './store.ts';
import type { PlainUnit } from './unit.ts';

export interface OpenOptions {
  /** The database file; it and its folder are made when they are missing. */
  path: string;
  /** Milliseconds since the epoch: the time of audit events. */
  now: () => number;
  /** Folder of the migrations, for a bundle that has them elsewhere; by default beside this file. */
  migrationsFolder?: string;
}

/**
 * The store on Node. Durable in the sense of `synchronous=FULL`: a resolved commit survives a power loss.
 * @throws AppError `audit_unavailable` when it cannot be opened or written, `conflict` when it is newer than the code.
 */
export function openStore({ path, now, migrationsFolder }: OpenOptions): Store {
  const { writer, reader } = openConnections(path, migrationsFolder);
  const fresh = sqliteFreshness(writer);
  const commits = groupCommit<PlainUnit, UnitResult>(sqliteWriter(writer, now, fresh.written));
  const prepared = statementCache(reader);
  const store = storeOver({
    query: (sql, params) => prepared(sql).all(params),
    async write(unit) {
      const result = await commits.add(unit);
      if (result.kind === 'fault') throw result.error;
      return result;
    },
    async close() {
      await commits.close();
      reader.close();
      writer.close();
    },
  });
  keptFor(store.read, fresh);
  return store;
}
