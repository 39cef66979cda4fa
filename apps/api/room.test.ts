import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noRoom } from './room.ts';

function database(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-room-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'flotilla.db');
  writeFileSync(file, '');
  return file;
}

test('a database on a disk with room can be written', async () => {
  expect(await noRoom(database())).toBeNull();
});

test('one whose disk has less room than the next commit may need says so, and what to do', async () => {
  expect(await noRoom(database(), Number.POSITIVE_INFINITY)).toBe(
    'the database (The database cannot be written: the disk is full. Free space there; a control plane that runs need not be restarted.)',
  );
});

test('one whose file is gone says that it cannot be opened', async () => {
  expect(await noRoom('/nowhere/flotilla.db')).toContain('it cannot be opened');
});
