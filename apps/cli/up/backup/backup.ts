import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { auditKeyFile, checkpointsFile } from '#api/record/files.ts';
import { sealingKeyFile } from '#api/sealing-key.ts';
import { version } from '#api/version.ts';
import { AppError } from '#core/errors.ts';
import { snapshotTo } from '#db/snapshot.ts';
import type { Session } from '#cli/session.ts';
import { sha256Of } from '../audit-archive.ts';
import { checkBackup } from './check.ts';
import { type BackupFile, backupFiles, type Manifest, manifestFile } from './files.ts';

export interface BackupOptions {
  out: string;
  data?: string;
  /** A folder of its own for the key that signs the record. */
  keys?: string;
}

/**
 * Writes the data of a control plane, running or not, into a new folder and checks it there. Under another name until
 * it was found whole, so that no folder of this name is ever half a backup.
 * @throws AppError `not_found`, `already_exists`, `invalid_input`, `audit_unavailable`
 */
export async function backup(session: Session, options: BackupOptions): Promise<void> {
  const dataDir = options.data ?? session.config.dataDir;
  const database = join(dataDir, 'flotilla.db');
  if (!existsSync(database)) throw noDatabase(dataDir);
  if (existsSync(options.out)) throw isThere(options.out);
  if (options.keys !== undefined) keepKeysApart(options.out, options.keys);
  const partial = `${resolve(options.out)}.partial`;
  rmSync(partial, { recursive: true, force: true });
  make(partial);
  try {
    // The checkpoints first: what they cover is then in the database that is copied after them.
    copyIfThere(checkpointsFile(dataDir), join(partial, backupFiles.checkpoints));
    copyIfThere(`${auditKeyFile(dataDir)}.pub`, join(partial, backupFiles.publicKey));
    snapshotTo(database, join(partial, backupFiles.database));
    const manifest = await described(partial);
    if (options.keys !== undefined) copyKeys(dataDir, options.keys);
    renameSync(partial, options.out);
    session.show({ folder: options.out, ...manifest, keys: options.keys ?? null }, () => [
      `${manifest.events} events are in ${options.out}; the chain holds, signed through ${manifest.signedThrough}.`,
      options.keys === undefined
        ? `The key that signs the record is not in it: keep ${auditKeyFile(dataDir)} apart, once.`
        : `The key that signs the record is in ${options.keys}: keep it apart from the backup.`,
    ]);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Checks what was copied, and writes the manifest beside it. */
async function described(folder: string) {
  const { events, head, signedThrough, schema } = await checkBackup(folder);
  const sha256: Manifest['sha256'] = {};
  for (const file of ['database', 'checkpoints', 'publicKey'] satisfies BackupFile[]) {
    const path = join(folder, backupFiles[file]);
    if (existsSync(path)) sha256[file] = await sha256Of(path);
  }
  const at = new Date().toISOString();
  const manifest: Manifest = { form: 'flotilla.backup.v1', version, schema, at, head, sha256 };
  writeFileSync(manifestFile(folder), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  return { events, signedThrough, ...manifest };
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

function copyKeys(dataDir: string, folder: string): void {
  const key = auditKeyFile(dataDir);
  if (!existsSync(key)) throw new AppError('not_found', `There is no ${key}`, { done: 'Nothing was backed up.' });
  make(folder);
  copyFileSync(key, join(folder, basename(key)));
  const sealing = sealingKeyFile(dataDir);
  copyIfThere(sealing, join(folder, basename(sealing)));
}

/** Whoever finds the backup must not find the key with it: he could write another record and sign it. */
function keepKeysApart(out: string, keys: string): void {
  const inside = relative(resolve(out), resolve(keys));
  if (inside.startsWith('..')) return;
  throw new AppError('invalid_input', 'The key must not lie in the backup', {
    done: 'Nothing was written.',
    next: 'Name another folder with --keys.',
  });
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AppError('invalid_input', `The folder ${folder} cannot be made`, {
      done: 'Nothing was written.',
      next: 'Name a folder that this user may make.',
      cause,
    });
  }
}

const noDatabase = (dataDir: string): AppError =>
  new AppError('not_found', `There is no database in ${dataDir}`, {
    done: 'Nothing was written.',
    next: 'Name the data folder of `flotilla up` with --data, on the machine where it is.',
  });

const isThere = (folder: string): AppError =>
  new AppError('already_exists', `${folder} is there already`, {
    done: 'Nothing was written.',
    next: 'Name a new folder: a backup never replaces another one.',
  });
