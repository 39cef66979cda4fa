import type { Refusal } from './refusal.ts';
import { schemaRefusal } from './schema-number.ts';

/** Why SQLite did not carry out a commit. The words are SQLite's own and the same on both drivers; only D1 has no codes. */
export type Failure =
  /** The guard of that index did not hold. */
  | { kind: 'guard'; index: number }
  /** The last statement of a rehearsal was reached: all before it went well. */
  | { kind: 'rehearsed' }
  /** Another writer was faster: read the head again. */
  | { kind: 'head-moved' }
  /** This commit cannot be; others can. */
  | { kind: 'refused'; refusal: Refusal }
  /** No commit can be at present. */
  | { kind: 'unavailable'; refusal: Refusal }
  /** SQLite refused a statement for a reason that we do not expect: a fault of ours. Nothing was written. */
  | { kind: 'fault' }
  /** Not from SQLite: on D1 a broken link, after which it is not known whether it was written. */
  | { kind: 'unknown' };

const done = 'Nothing of it was written.';

/** Reads an error of better-sqlite3 or D1. `database` tells people where it is: a path, or the name of a binding. */
export function failureOf(error: unknown, database: string): Failure {
  const text = textOf(error);
  const guard = /guard:(?<name>\w+)/.exec(text)?.groups?.name;
  if (guard === 'head' || text.includes('audit_events: not the next event')) return { kind: 'head-moved' };
  if (guard === 'rehearsed') return { kind: 'rehearsed' };
  if (guard === 'dispatch') return { kind: 'refused', refusal: notThere };
  const schema = text.includes('no such table: meta') ? schemaRefusal(0, database) : null;
  if (schema !== null) return { kind: 'refused', refusal: schema };
  if (guard !== undefined) return { kind: 'guard', index: Number(guard) };
  const refusal = refusalOf(text);
  if (refusal !== null) return { kind: 'refused', refusal };
  const unavailable = unavailableOf(text, database);
  if (unavailable !== null) return { kind: 'unavailable', refusal: unavailable };
  return { kind: /SQLITE_|D1_TYPE_ERROR/.test(text) ? 'fault' : 'unknown' };
}

/** D1 wraps what SQLite said in `cause`, once or twice. */
function textOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 3) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return `${code} ${error.message} ${textOf(error.cause, depth + 1)}`;
}

const notThere: Refusal = {
  code: 'internal',
  message: 'An operation was to be dispatched that is not in the database.',
  done,
  next: 'Report this as a fault of Flotilla.',
};

function refusalOf(text: string): Refusal | null {
  const unique = /UNIQUE constraint failed: (?<columns>(?:index '\w+'|[\w.]+(?:, [\w.]+)*))/.exec(text)?.groups
    ?.columns;
  if (unique !== undefined) {
    return {
      code: 'already_exists',
      message: `There is one already (${unique}).`,
      done,
      next: 'Look at what is there; choose another name, or change that one.',
    };
  }
  if (text.includes('FOREIGN KEY constraint failed')) {
    return {
      code: 'conflict',
      message: 'It names something that is not there, or removes something that others need.',
      done,
      next: 'Look at what is there now and ask again.',
    };
  }
  if (/SQLITE_TOOBIG|string or blob too big/.test(text)) {
    return {
      code: 'payload_too_large',
      message: 'A value is larger than the database takes.',
      done,
      next: 'Send less.',
    };
  }
  return null;
}

const causes: [pattern: RegExp, what: string, next: string][] = [
  [
    /SQLITE_FULL|database or disk is full|ENOSPC/,
    'the disk is full',
    'Free space there; a control plane that runs need not be restarted.',
  ],
  [/SQLITE_READONLY|readonly database|EROFS/, 'it is read-only', 'Make the file and its folder writable.'],
  [
    /EACCES|EPERM|SQLITE_PERM|SQLITE_AUTH/,
    'it may not be opened',
    'Give this user the right to write the file and its folder.',
  ],
  [
    /SQLITE_CANTOPEN|ENOTDIR|EISDIR|ENOENT/,
    'it cannot be opened',
    'See that the path is a file in a folder of this user.',
  ],
  [
    /SQLITE_BUSY|SQLITE_LOCKED|database is locked/,
    'another process holds it',
    'Stop the other process, or wait for it.',
  ],
  [/SQLITE_IOERR|disk I\/O error/, 'reading or writing it failed', 'Look at the disk and at the system log.'],
  [
    /SQLITE_CORRUPT|SQLITE_NOTADB|disk image is malformed|not a database/,
    'it is damaged or no database',
    'Restore a backup.',
  ],
];

/** What keeps a database from being written, or opened. */
function unavailableOf(text: string, database: string): Refusal | null {
  const found = causes.find(([pattern]) => pattern.test(text));
  if (found === undefined) return null;
  return { code: 'audit_unavailable', message: `${database} cannot be written: ${found[1]}.`, done, next: found[2] };
}
