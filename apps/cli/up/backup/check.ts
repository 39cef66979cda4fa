import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainHead, hashesOf } from '#core/audit/chain.ts';
import { checkedCheckpoint, splitNotes, type Checkpoint } from '#core/audit/checkpoint.ts';
import { RecordWalk } from '#core/audit/check-record.ts';
import { parseVerifier } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import { sha256 } from '#db/sha256-node.ts';
import { withSnapshot } from '#db/snapshot.ts';
import { firstLine } from '#cli/input/data-folder.ts';
import { sha256Of } from '../audit-archive.ts';
import { backupFiles, type Manifest } from './files.ts';

export interface CheckedBackup {
  events: number;
  head: ChainHead;
  signedThrough: number;
  schema: number;
  unfinished: number;
}

/**
 * Looks at what lies in the folder of a backup: the database is whole, every event follows on the one before, and every
 * checkpoint fits. @throws AppError `audit_unavailable` with what does not fit; `conflict` for a newer database
 */
export async function checkBackup(folder: string): Promise<CheckedBackup> {
  const walk = new RecordWalk({ checkpoints: await checkpointsIn(folder), anchors: [] });
  return await withSnapshot(join(folder, backupFiles.database), async (snapshot) => {
    const { found, own } = snapshot.schema;
    if (found > own) throw newer(found, own);
    const [damage] = snapshot.damage();
    if (damage !== undefined) throw notWhole(damage);
    for await (const page of snapshot.linkPages()) if (!walk.add(page, await hashesOf(page, sha256))) break;
    const { fault, events, head, signedThrough } = walk.end();
    if (fault !== null && fault.kind !== 'unsigned-tail') throw notWhole(fault.reason);
    return { events, head, signedThrough, schema: found, unfinished: snapshot.unfinished() };
  });
}

/** That each file is the one of the manifest. @throws AppError `audit_unavailable` */
export async function checkFiles(folder: string, { sha256: sums }: Manifest): Promise<void> {
  for (const [file, sum] of Object.entries(sums)) {
    const name = file in backupFiles ? backupFiles[nameOf(file)] : file;
    const found = await sha256Of(join(folder, name)).catch(() => null);
    if (found === null) throw notWhole(`${name} is not there`);
    if (found !== sum) throw notWhole(`${name} is not the one that was backed up`);
  }
}

/** The manifest's schema has no other keys. */
const nameOf = (key: string): keyof typeof backupFiles => key as keyof typeof backupFiles;

async function checkpointsIn(folder: string): Promise<Checkpoint[]> {
  const notes = splitNotes(textIn(join(folder, backupFiles.checkpoints)));
  if (notes.length === 0) return [];
  const verifier = await parseVerifier(firstLine(join(folder, backupFiles.publicKey)) ?? '');
  if (verifier === null) throw notWhole('there are checkpoints, and no public key to check them with');
  const checked = await Promise.all(notes.map((note) => checkedCheckpoint(note, verifier)));
  return checked.map((one, index) => {
    if (one.ok) return one.checkpoint;
    throw notWhole(`checkpoint ${index + 1}: ${one.reason}`);
  });
}

/** A record younger than its first checkpoint has no file of them. */
function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

const notWhole = (why: string): AppError =>
  new AppError('audit_unavailable', `The backup is not whole: ${why}`, {
    done: 'Nothing was changed in any data folder.',
    next: 'Look at the record with `flotilla audit verify`, or take an older backup.',
  });

const newer = (found: number, own: number): AppError =>
  new AppError('conflict', `The backup has schema ${found}, which is newer than this version of Flotilla (${own})`, {
    done: 'Nothing was changed.',
    next: 'Use the version of Flotilla that made it, or a newer one.',
  });
