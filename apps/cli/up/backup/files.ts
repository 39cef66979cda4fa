import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';

/* What a backup is: a folder with these files. The key that signs the record is not among them. */

export const backupFiles = { database: 'flotilla.db', checkpoints: 'checkpoints', publicKey: 'audit.key.pub' } as const;
export type BackupFile = keyof typeof backupFiles;

const manifestSchema = z.object({
  form: z.literal('flotilla.backup.v1'),
  version: z.string(),
  schema: z.number(),
  at: z.string(),
  /** The last event in it. */
  head: z.object({ sequence: z.number(), hash: z.string() }),
  /** SHA-256 of each file that is there. */
  sha256: z.partialRecord(z.enum(['database', 'checkpoints', 'publicKey']), z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const manifestFile = (folder: string): string => join(folder, 'manifest.json');

/** @throws AppError `invalid_input` for a folder that holds no backup. */
export function manifestOf(folder: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(manifestFile(folder), 'utf8')));
  } catch (cause) {
    throw new AppError('invalid_input', `${folder} is no backup of Flotilla: its manifest.json cannot be read`, {
      done: 'Nothing was changed.',
      next: 'Name a folder that `flotilla backup` has written.',
      cause,
    });
  }
}
