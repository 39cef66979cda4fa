import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the workers' token is kept for workers of the same user: `worker-token` in the data folder, mode 0600. */
export const workerTokenFile = (dataDir: string): string => join(dataDir, 'worker-token');

/** The first line; undefined when the file is not there or empty. Other failures are told. */
export function readTokenFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0]?.trim() || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Readable by this user only from its first byte on; an older file is replaced in one go. */
export function writeTokenFile(path: string, token: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${token}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, path);
}
