import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { auditKeyFile, checkpointsFile } from '#api/record/files.ts';
import { guardedStore } from '#api/record/guarded-store.ts';
import { type RunningKeeper, startKeeper } from '#api/record/keeper.ts';
import { signingKey } from '#api/record/key.ts';
import { notesFile } from '#api/record/notes-file.ts';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import { openStore } from '#db/better-sqlite3.ts';
import type { Store } from '#db/store.ts';

/** The record of a data folder, opened by a command beside or instead of the control plane. */
export interface OwnRecord {
  /** The database file. */
  path: string;
  store: Store;
  keeper: RunningKeeper;
}

/** Opens it, works, signs, closes. @throws AppError `not_found`, `audit_unavailable` when the record does not fit */
export async function withOwnRecord<T>(dataDir: string, work: (record: OwnRecord) => Promise<T>): Promise<T> {
  const path = join(dataDir, 'flotilla.db');
  if (!existsSync(path)) {
    throw new AppError('not_found', `There is no database in ${dataDir}`, {
      done: 'Nothing was done.',
      next: 'Name the data folder of `flotilla up` with --data, on the machine where it is.',
    });
  }
  const opened = openStore({ path, now: Date.now });
  try {
    const key = await signingKey(auditKeyFile(dataDir));
    const file = notesFile(checkpointsFile(dataDir));
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const keeper = await startKeeper({ store: opened, key, file, push: null, nowMs: Date.now, log });
    try {
      return await work({ path, store: guardedStore(opened, () => keeper), keeper });
    } finally {
      await keeper.close();
    }
  } finally {
    await opened.close();
  }
}

/** An event by whoever has this machine's data folder: the user of the operating system, not a person of ours. */
export const byOsUser = (
  draft: Pick<AuditDraft, 'action' | 'outcome' | 'details' | 'reason'> & { target: NonNullable<AuditDraft['target']> },
): AuditDraft => ({
  actor: { kind: 'system', name: `os-user:${userInfo().username}` },
  source: 'cli',
  cluster: null,
  operation: null,
  ...draft,
});
