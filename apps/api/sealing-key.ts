import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import { newSealingKey, type Sealer, sealerOf } from '#core/sealing.ts';
import { makeSecretFile } from './secret-file.ts';
import { readTokenFile } from './token-file.ts';

/** The key that seals secrets: beside the one that signs the record, in a folder that backups of the data leave out. */
export const sealingKeyFile = (dataDir: string): string => join(dataDir, 'keys', 'sealing.key');

/** Reads the key of a file, or makes it. @throws AppError `conflict` for a file that holds none */
export function fileSealer(file: string): Sealer {
  const text = readTokenFile(file) ?? made(file) ?? readTokenFile(file);
  try {
    return sealerOf(text ?? '');
  } catch (cause) {
    throw new AppError('conflict', `The key in ${file} cannot be used to seal secrets`, {
      done: 'Nothing was started.',
      next: 'Put the right key back. Without it give every source of webhooks a new secret.',
      cause,
    });
  }
}

function made(file: string): string | undefined {
  const key = newSealingKey();
  return makeSecretFile(file, `${key}\n`) ? key : undefined;
}
