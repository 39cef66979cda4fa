import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { schemaNumber } from '#db/schema-number.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'db', 'migrations');
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .sort();

test('the migrations make the tables of db/schema: drizzle-kit finds nothing to add', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flotilla-migrations-'));
  try {
    cpSync(folder, scratch, { recursive: true });
    const args = [
      'generate',
      '--dialect',
      'sqlite',
      '--schema',
      './db/schema/index.ts',
      '--out',
      relative(root, scratch),
    ];
    const said = execFileSync(join(root, 'node_modules', '.bin', 'drizzle-kit'), args, { cwd: root, encoding: 'utf8' });
    expect(said).toContain('No schema changes');
    expect(readdirSync(scratch).filter((file) => file.endsWith('.sql'))).toHaveLength(files.length);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test('the last migration says the number that the code expects', () => {
  expect(files).toHaveLength(schemaNumber);
  expect(readFileSync(join(folder, files.at(-1) ?? ''), 'utf8')).toContain(`VALUES ('schema', '${schemaNumber}')`);
});

test.each(files)('%s has nothing that loses rows or fails on one of the drivers', (file) => {
  const sql = readFileSync(join(folder, file), 'utf8');
  // With foreign keys on, as both drivers have them, the first fails; a rebuild with the second deletes the children.
  expect(sql).not.toMatch(/PRAGMA foreign_keys/i);
  expect(sql).not.toMatch(/ON DELETE cascade/i);
});
