import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { openStore } from '#db/better-sqlite3.ts';
import { verifyChain } from '#core/audit/chain.ts';
import { auditEvents, hosts } from '#db/schema/index.ts';
import { sha256 } from '#db/sha256-node.ts';
import { openConnections } from '#db/sqlite-open.ts';
import type { Store } from '#db/store.ts';
import { addHost, eventOf } from './rows.ts';

const migrationsFolder = fileURLToPath(new URL('../../db/migrations', import.meta.url));

let folder: string;
let path: string;
let opened: Store[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-sqlite-'));
  path = join(folder, 'data', 'flotilla.db');
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

function open(now: () => number = Date.now, at: string = path): Store {
  const store = openStore({ path: at, now });
  opened.push(store);
  return store;
}

/** Runs SQL on the file itself and gives the rows of the last statement. */
function withFile<T>(use: (database: Sqlite.Database) => T): T {
  const database = new Sqlite(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

function refusalOf(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('opening', () => {
  test('makes the folder and the file, for this user only', () => {
    open();
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('asks SQLite for durability and foreign keys, and for a handle that cannot write', () => {
    const { writer, reader } = openConnections(path);
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'];
    const full = 2;
    expect(settings.map((name) => writer.pragma(name, { simple: true }))).toEqual(['wal', full, 1, 2000]);
    expect(() => reader.exec('delete from hosts')).toThrow('readonly');
    reader.close();
    writer.close();
  });

  test('an old database again changes nothing, nor does the migrator of drizzle itself', async () => {
    await open().close();
    const schemaOf = () => withFile((database) => database.prepare('select * from sqlite_master order by name').all());
    const notesOf = () => withFile((database) => database.prepare('select * from __drizzle_migrations').all());
    const [schema, notes] = [schemaOf(), notesOf()];
    await open().close();
    withFile((database) => migrate(drizzle(database), { migrationsFolder }));
    expect(schemaOf()).toEqual(schema);
    expect(notesOf()).toEqual(notes);
  });

  test('what the migrator of drizzle itself has made is the same', async () => {
    mkdirSync(join(folder, 'data'));
    withFile((database) => migrate(drizzle(database), { migrationsFolder }));
    const store = open();
    await store.commit({ changes: [addHost('h1')], events: [eventOf('h1')] });
    expect(await verifyChain(store.links(), sha256)).toMatchObject({ ok: true, events: 1 });
  });

  test('a database that is newer than the code is refused and left as it is', async () => {
    await open().close();
    withFile((database) =>
      database.exec(`insert into __drizzle_migrations (hash, created_at) values ('future', 9e15)`),
    );
    const refusal = refusalOf(() => open());
    expect(refusal).toMatchObject({ code: 'conflict', message: expect.stringContaining('newer than this version') });
    expect(refusal.next).toContain('newer version');
  });

  test('a database that other migrations have made is refused', async () => {
    await open().close();
    withFile((database) => database.exec(`update __drizzle_migrations set hash = 'other'`));
    expect(refusalOf(() => open())).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('other migrations'),
    });
  });

  test('a database in which a migration was carried out by half is refused plainly and left as it is', async () => {
    await open().close();
    // The last two may be carried out twice; the one before them drops a trigger that is gone.
    const forget = 'delete from __drizzle_migrations where rowid > (select max(rowid) - 3 from __drizzle_migrations)';
    withFile((database) => database.exec(forget));
    const schemaOf = () => withFile((database) => database.prepare('select * from sqlite_master order by name').all());
    const before = schemaOf();
    const refusal = refusalOf(() => open());
    expect(refusal).toMatchObject({ code: 'conflict', message: expect.stringContaining('is half migrated') });
    expect(refusal.next).toContain('flotilla restore');
    expect(schemaOf()).toEqual(before);
  });

  test.each([
    ['that is no database', () => writeFileSync(path, 'x'.repeat(5000)), 'damaged or no database'],
    ['that is a folder', () => mkdirSync(path), 'cannot be opened'],
  ])('a file %s is refused in plain words', (_what, make, words) => {
    mkdirSync(join(folder, 'data'));
    make();
    const refusal = refusalOf(() => open());
    expect(refusal).toMatchObject({ code: 'audit_unavailable', message: expect.stringContaining(words) });
    expect(refusal.message).toContain(path);
    expect(refusal.next).toBeTruthy();
  });
});

describe('the clock', () => {
  test('of events is the one that was given', async () => {
    const store = open(() => Date.UTC(2026, 9, 1, 12));
    const { at } = await store.commit({ changes: [], events: [eventOf('h1')] });
    expect(at).toBe('2026-10-01T12:00:00.000Z');
    expect(await store.read.select({ at: auditEvents.at }).from(auditEvents)).toEqual([{ at }]);
  });
});

describe('closing', () => {
  test('waits for the commits that were asked for, and refuses later ones', async () => {
    const store = open();
    const commits = Array.from({ length: 300 }, (_, index) =>
      store.commit({ changes: [addHost(`h${index}`)], events: [eventOf(`h${index}`)] }),
    );
    const all = Promise.all(commits);
    await store.close();
    expect(await all).toHaveLength(300);
    await expect(store.commit({ changes: [], events: [] })).rejects.toMatchObject({ code: 'audit_unavailable' });
    const again = open();
    expect(await again.read.$count(hosts)).toBe(300);
    expect(await verifyChain(again.links(), sha256)).toMatchObject({ ok: true, events: 300 });
  });
});

describe('another connection', () => {
  test('that holds the file makes a commit refused, and nothing is left of it', async () => {
    const store = open();
    const other = new Sqlite(path);
    other.exec('begin immediate');
    const commit = store.commit({ changes: [addHost('h1')], events: [eventOf('h1')] });
    await expect(commit).rejects.toMatchObject({
      code: 'audit_unavailable',
      message: expect.stringContaining('another process holds it'),
    });
    other.exec('rollback');
    other.close();
    await store.commit({ changes: [addHost('h1')], events: [eventOf('h1')] });
    expect(await store.read.$count(hosts)).toBe(1);
  });

  test('that writes too shares the chain with this one', async () => {
    const [one, two] = [open(), open()];
    await Promise.all(
      [one, two, one, two, one, two].map((store, index) =>
        store.commit({ changes: [], events: [eventOf(`h${index}`)] }),
      ),
    );
    expect(await verifyChain(one.links(), sha256)).toMatchObject({ ok: true, events: 6 });
  });
});

describe('a process that is killed', () => {
  const script = fileURLToPath(new URL('child/commit-until-killed.ts', import.meta.url));

  /** Runs the script until it has told of a number of commits, kills it, and gives all that it told. */
  async function commitsUntilKilled(count: number): Promise<{ name: string; sequence: number }[]> {
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    const told: { name: string; sequence: number }[] = [];
    for await (const line of lines) {
      // The last line may have been cut by the kill.
      if (line.endsWith('}')) told.push(JSON.parse(line));
      if (told.length === count) child.kill('SIGKILL');
    }
    expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGKILL');
    return told;
  }

  test('has lost nothing that it was told is committed, and the chain is whole', async () => {
    for (const count of [1, 200, 500]) {
      const told = await commitsUntilKilled(count);
      expect(told.length).toBeGreaterThanOrEqual(count);
      const store = open();
      const rows = await store.read.select().from(auditEvents);
      const stored = new Map(rows.map(({ sequence, targetId }) => [sequence, targetId]));
      for (const { name, sequence } of told) expect(stored.get(sequence)).toBe(name);
      expect(await store.read.$count(hosts)).toBe(rows.length);
      expect(await verifyChain(store.links(), sha256)).toMatchObject({ ok: true, events: rows.length });
      await store.close();
    }
  });
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a disk', () => {
  let disk: string;
  beforeEach(() => {
    disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'flotilla-test', disk]);
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    execFileSync('umount', [disk]);
  });

  test('that is full refuses commits whole, still reads, and goes on once there is room', async () => {
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(1024 * 1024));
    const store = open(Date.now, join(disk, 'flotilla.db'));
    const commit = (index: number) =>
      store.commit({
        changes: [addHost(`h${index}`)],
        events: [eventOf(`h${index}`, { details: { filler: 'x'.repeat(20_000) } })],
      });

    let committed = 0;
    let refusal: unknown = null;
    while (refusal === null && committed < 1000) {
      const group = await Promise.allSettled(Array.from({ length: 5 }, (_, index) => commit(committed + index)));
      committed += group.filter(({ status }) => status === 'fulfilled').length;
      refusal = group.find((result) => result.status === 'rejected')?.reason ?? null;
    }
    expect(refusal).toMatchObject({
      code: 'audit_unavailable',
      message: expect.stringContaining('the disk is full'),
      done: 'Nothing of it was written.',
      next: expect.stringContaining('Free space'),
    });
    expect(committed).toBeGreaterThan(0);
    expect(await store.read.$count(hosts)).toBe(committed);
    expect((await store.head()).sequence).toBe(committed);

    rmSync(filler);
    await commit(committed);
    expect(await store.read.$count(hosts)).toBe(committed + 1);
    expect(await verifyChain(store.links(), sha256)).toMatchObject({ ok: true, events: committed + 1 });
  });

  test('that is read-only is said so when opening', () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const refusal = refusalOf(() => open(Date.now, join(disk, 'flotilla.db')));
    expect(refusal).toMatchObject({ code: 'audit_unavailable', message: expect.stringContaining('read-only') });
  });
});
