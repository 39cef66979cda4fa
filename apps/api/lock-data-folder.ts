import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import { type HeldFile, holdFile } from '#db/hold-file.ts';

/**
 * Keeps a data folder for one control plane: two on the same folder would share its worker and its Redis, and the one
 * that stops would take both from the other.
 * @throws AppError `conflict` when another one runs on it, `invalid_input` when it cannot be written.
 */
export function lockDataFolder(dataDir: string): HeldFile {
  const held = hold(dataDir);
  if (held !== null) return held;
  throw new AppError('conflict', `Another \`flotilla up\` runs on the data folder ${dataDir}`, {
    done: 'Nothing was started, and the other one was left alone.',
    next: 'Use that one, stop it first, or name another folder with --data.',
  });
}

function hold(dataDir: string): HeldFile | null {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return holdFile(join(dataDir, 'lock'));
  } catch (error) {
    throw new AppError('invalid_input', `The data folder ${dataDir} cannot be written`, {
      done: 'Nothing was started.',
      next: 'Make it writable for this user, or name another one with --data.',
      cause: error,
    });
  }
}
