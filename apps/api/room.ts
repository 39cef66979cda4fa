import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failureOf, type Failure } from '#db/failure.ts';

/** Where less is left, the next commit or the append-only file of a Redis beside it may not fit any more. */
const leastBytes = 1 << 20;

/** Why a database can be read and not written, and what to do: its disk is full or read-only. Null while it can. */
export async function noRoom(file: string, least: number = leastBytes): Promise<string | null> {
  try {
    await access(file, constants.W_OK);
    const { bavail, bfree, bsize } = await statfs(dirname(file));
    // File systems keep blocks back, which only root may have.
    const left = (process.getuid?.() === 0 ? bfree : bavail) * bsize;
    return left >= least ? null : textOf(failureOf(new Error('ENOSPC'), 'The database'));
  } catch (error) {
    return textOf(failureOf(error, 'The database'));
  }
}

const textOf = (failure: Failure): string | null =>
  failure.kind === 'unavailable' ? `the database (${failure.refusal.message} ${failure.refusal.next})` : null;
