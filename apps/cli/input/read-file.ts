import { readFile, stat } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { AppError } from '#core/errors.ts';

/** Larger than any spec that people write; keeps a wrong path (a disk image) from being read into memory. */
const bytesMax = 4_000_000;

/**
 * The text of a file; `-` is the standard input.
 * @throws AppError `invalid_input` saying what is wrong with the path.
 */
export async function readText(path: string): Promise<string> {
  if (path === '-') return textOf(process.stdin);
  try {
    const { size } = await stat(path);
    if (size > bytesMax) throw tooLarge(path, size);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(path, error);
  }
}

const tooLarge = (path: string, bytes: number): AppError =>
  new AppError('invalid_input', `${path} has ${bytes} bytes; a spec has at most ${bytesMax}`, {
    done: 'Nothing was sent.',
  });

/** Why a file cannot be read, in words. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' ? String(error) : code);
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

function unreadable(path: string, error: unknown): AppError {
  return new AppError('invalid_input', `Cannot read ${path}: ${whyUnreadable(error)}`, {
    done: 'Nothing was sent.',
    next: 'Give the path of a spec file, or - for the standard input.',
    cause: error,
  });
}
