import { describe, expect, test } from 'vitest';
import { failureOf } from './failure.ts';

/** As better-sqlite3 throws it. */
const ofNode = (code: string, message: string) => Object.assign(new Error(message), { code });
/** As D1 throws it: the words twice, and no code. */
const ofD1 = (message: string) => new Error(`D1_ERROR: ${message}`, { cause: new Error(message) });

describe('an error of SQLite is read the same from both drivers', () => {
  test.each([
    [ofNode('SQLITE_CONSTRAINT_TRIGGER', 'guard:3'), { kind: 'guard', index: 3 }],
    [ofD1('guard:3: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)'), { kind: 'guard', index: 3 }],
    [ofD1('guard:head: SQLITE_CONSTRAINT'), { kind: 'head-moved' }],
    [ofNode('SQLITE_CONSTRAINT_TRIGGER', 'audit_events: not the next event'), { kind: 'head-moved' }],
    [ofNode('SQLITE_CONSTRAINT_TRIGGER', 'guard:dispatch'), { kind: 'refused', refusal: { code: 'internal' } }],
    [
      ofNode('SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE constraint failed: steps.operation, steps.id'),
      {
        kind: 'refused',
        refusal: { code: 'already_exists', message: 'There is one already (steps.operation, steps.id).' },
      },
    ],
    [
      ofD1(`UNIQUE constraint failed: hosts.name: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)`),
      { kind: 'refused', refusal: { code: 'already_exists', message: 'There is one already (hosts.name).' } },
    ],
    [ofD1('FOREIGN KEY constraint failed: SQLITE_CONSTRAINT'), { kind: 'refused', refusal: { code: 'conflict' } }],
    [ofD1('string or blob too big: SQLITE_TOOBIG'), { kind: 'refused', refusal: { code: 'payload_too_large' } }],
    [
      ofNode('SQLITE_FULL', 'database or disk is full'),
      { kind: 'unavailable', refusal: { code: 'audit_unavailable' } },
    ],
    [ofNode('SQLITE_IOERR_WRITE', 'disk I/O error'), { kind: 'unavailable' }],
    [ofNode('SQLITE_READONLY_DBMOVED', 'attempt to write a readonly database'), { kind: 'unavailable' }],
    [ofNode('SQLITE_BUSY', 'database is locked'), { kind: 'unavailable' }],
    [ofNode('EACCES', 'EACCES: permission denied, mkdir'), { kind: 'unavailable' }],
    [ofNode('SQLITE_CONSTRAINT_NOTNULL', 'NOT NULL constraint failed: hosts.port'), { kind: 'fault' }],
    [ofD1('no such column: x at offset 7: SQLITE_ERROR'), { kind: 'fault' }],
    [new Error('D1_TYPE_ERROR: Type undefined not supported'), { kind: 'fault' }],
    [new Error('D1_ERROR: Network connection lost.'), { kind: 'unknown' }],
    ['not an error', { kind: 'unknown' }],
  ])('%s', (error, failure) => {
    expect(failureOf(error, '/data/flotilla.db')).toMatchObject(failure);
  });

  test('what cannot be written names the database, the cause and what to do', () => {
    expect(failureOf(ofNode('SQLITE_FULL', 'database or disk is full'), '/data/flotilla.db')).toEqual({
      kind: 'unavailable',
      refusal: {
        code: 'audit_unavailable',
        message: '/data/flotilla.db cannot be written: the disk is full.',
        done: 'Nothing of it was written.',
        next: 'Free space there; a control plane that runs need not be restarted.',
      },
    });
  });
});
