import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* The two files by which a command finds the `flotilla up` of the same user: its address, and the first token. */

const urlFile = (dataDir: string): string => join(dataDir, 'url');
export const tokenFile = (dataDir: string): string => join(dataDir, 'admin-token');

/** The address written by `flotilla up`; undefined when there is none. */
export const savedUrl = (dataDir: string): string | undefined => firstLine(urlFile(dataDir));

/** The first token; undefined when there is none or this user may not read it. */
export const savedToken = (dataDir: string): string | undefined => firstLine(tokenFile(dataDir));

export function saveUrl(dataDir: string, url: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(urlFile(dataDir), `${url}\n`);
}

/** Readable by this user only, from its first byte on: an older file is removed, so that its mode does not stay. */
export function saveToken(dataDir: string, token: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  rmSync(tokenFile(dataDir), { force: true });
  writeFileSync(tokenFile(dataDir), `${token}\n`, { mode: 0o600, flag: 'wx' });
}

/** First line of a small file, without spaces around it; undefined when it is empty or cannot be read. */
export function firstLine(path: string): string | undefined {
  try {
    const line = readFileSync(path, 'utf8').split('\n', 1)[0]?.trim();
    return line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}
