import { moment } from '#core/moments.ts';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { lockDataFolder } from '#api/lock-data-folder.ts';
import { auditKeyFile, checkpointsFile } from '#api/record/files.ts';
import { sealingKeyFile } from '#api/sealing-key.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { update } from '#db/change.ts';
import { operations } from '#db/schema/index.ts';
import type { Session } from '#cli/session.ts';
import { byOsUser, withOwnRecord } from '../own-record.ts';
import { checkBackup, type CheckedBackup, checkFiles } from './check.ts';
import { backupFiles, type Manifest, manifestOf } from './files.ts';

export interface RestoreOptions {
  from: string;
  data?: string;
  /** The folder or file with the key that signed the record. */
  keys?: string;
  /** Go on without that key: a new one signs from here on. */
  newKey?: boolean;
}

/** Fences that were given after the backup was made are never given again. */
const fencesAhead = 1000;

/**
 * Puts a backup into a data folder that has no database, after it was checked, and puts that on record.
 * @throws AppError `already_exists`, `invalid_input`, `audit_unavailable`, `conflict`
 */
export async function restore(session: Session, options: RestoreOptions): Promise<void> {
  const dataDir = options.data ?? session.config.dataDir;
  const manifest = manifestOf(options.from);
  await checkFiles(options.from, manifest);
  const checked = await checkBackup(options.from);
  const key = keyOf(options);
  const lock = lockDataFolder(dataDir);
  try {
    if (existsSync(join(dataDir, 'flotilla.db'))) throw isThere(dataDir);
    await putInPlace(options.from, dataDir, key);
    await record(dataDir, manifest);
  } finally {
    lock.release();
  }
  const told = { dataDir, events: checked.events, at: manifest.at, unfinished: checked.unfinished };
  session.show(told, () => [
    `${checked.events} events of ${moment(manifest.at)} are in ${dataDir}, and the chain holds.`,
    ...unfinishedLines(checked),
    `Start it with \`flotilla up${options.data === undefined ? '' : ` --data ${dataDir}`}\`; workers and tokens made after the backup have to be made again.`,
    'Swarms may have gone on since: look at `flotilla plan` of each cluster before you apply. What was made there after the backup is in no spec now, and an apply removes it.',
  ]);
}

/** Null for a new key. A record that nobody can sign would refuse every act, so that one of the two must be said. */
function keyOf({ keys, newKey }: RestoreOptions): string | null {
  if (newKey === true && keys === undefined) return null;
  const file = [join(keys ?? '', 'audit.key'), keys ?? ''].find((one) => keys !== undefined && existsSync(one));
  if (file !== undefined && newKey !== true) return file;
  throw new AppError('invalid_input', keys === undefined ? 'A record needs the key that signed it' : noKeyIn(keys), {
    done: 'Nothing was restored.',
    next: 'Name it with --keys. If it is lost, say --new-key: the old checkpoints are put aside, and a new key signs from here on.',
  });
}

const noKeyIn = (keys: string): string => `There is no key in ${keys}, or a new one was asked for as well`;

/** The database comes last: what is cut off before is no control plane yet, and is restored again. */
async function putInPlace(from: string, dataDir: string, key: string | null): Promise<void> {
  const put = (source: string, target: string): void => {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    rmSync(target, { force: true });
    if (!existsSync(source)) return;
    copyFileSync(source, target);
    // A copy keeps the mode of what it is of, which may have lain anywhere.
    chmodSync(target, 0o600);
  };
  const checkpoints = checkpointsFile(dataDir);
  put(join(from, backupFiles.checkpoints), key === null ? `${checkpoints}.of-lost-key` : checkpoints);
  if (key === null) rmSync(checkpoints, { force: true });
  else if (key !== auditKeyFile(dataDir)) put(key, auditKeyFile(dataDir));
  const sealing = join(dirname(key ?? ''), basename(sealingKeyFile(dataDir)));
  if (key !== null && existsSync(sealing) && sealing !== sealingKeyFile(dataDir)) put(sealing, sealingKeyFile(dataDir));
  put(join(from, backupFiles.database), join(dataDir, 'flotilla.db'));
}

async function record(dataDir: string, { at, head, version }: Manifest): Promise<void> {
  await withOwnRecord(dataDir, async ({ store }) => {
    await store.commit({
      changes: [
        update(operations)
          .set({ fence: sql`${operations.fence} + ${fencesAhead}` })
          .where(eq(operations.state, 'running')),
      ],
      events: [
        byOsUser({
          action: 'backup.restored',
          outcome: 'succeeded',
          target: { kind: 'backup', id: newId('evt') },
          reason: null,
          details: { at, through: head.sequence, hash: head.hash, version },
        }),
      ],
    });
  });
}

const unfinishedLines = ({ unfinished }: CheckedBackup): string[] =>
  unfinished === 0
    ? []
    : [`${unfinished} operations were not over then and go on at the start; look with \`flotilla ops ls\`.`];

const isThere = (dataDir: string): AppError =>
  new AppError('already_exists', `There is a database in ${dataDir}`, {
    done: 'It was left as it is.',
    next: 'Name a new data folder, or move the old one out of the way.',
  });
