import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '#db/better-sqlite3.ts';
import { update } from '#db/change.ts';
import { kept, keptForGood } from '#db/kept.ts';
import { readerOver } from '#db/reader.ts';
import { hosts } from '#db/schema/index.ts';
import type { Store } from '#db/store.ts';
import { addHost, addOperation, eventOf } from './rows.ts';

/* What is kept of the database must never be older than the database. */

let folder: string;
let path: string;
let store: Store;
let reads: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-kept-'));
  path = join(folder, 'flotilla.db');
  store = openStore({ path, now: Date.now });
  reads = 0;
  await store.commit({ changes: [addHost('h1')], events: [] });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const portOf = kept([hosts], async (read, name: string) => {
  reads += 1;
  const [row] = await read.select().from(hosts).where(eq(hosts.name, name));
  return row ?? null;
});

const setPort = (port: number) => update(hosts).set({ port }).where(eq(hosts.name, 'h1'));

test('what nobody writes to is read once, and each question by itself', async () => {
  const first = await portOf(store.read, 'h1');
  expect(await portOf(store.read, 'h1')).toBe(first);
  expect(await portOf(store.read, 'h2')).toBeNull();
  expect(reads).toBe(2);
});

test('a commit to its table makes it be read again, one to another table does not', async () => {
  await portOf(store.read, 'h1');
  await store.commit({ changes: [addOperation('op_1')], events: [eventOf('h1')] });
  await portOf(store.read, 'h1');
  expect(reads).toBe(1);
  await store.commit({ changes: [setPort(2222)], events: [] });
  expect(await portOf(store.read, 'h1')).toMatchObject({ port: 2222 });
});

test('a commit that is refused leaves what is kept true', async () => {
  await portOf(store.read, 'h1');
  const commit = store.commit({ changes: [setPort(2222), addHost('h1')], events: [] });
  await expect(commit).rejects.toMatchObject({ code: 'already_exists' });
  expect(await portOf(store.read, 'h1')).toMatchObject({ port: 22 });
});

test('what another process writes is seen at once', async () => {
  await portOf(store.read, 'h1');
  const other = new Sqlite(path);
  for (const port of [2222, 2223, 2224]) {
    await new Promise((resolve) => setImmediate(resolve));
    other.exec(`update hosts set port = ${port}`);
    expect(await portOf(store.read, 'h1')).toMatchObject({ port });
  }
  other.close();
});

test('a hundred commits at once are all seen by whoever was answered', async () => {
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      await store.commit({ changes: [addHost(`n${index}`)], events: [] });
      expect(await portOf(store.read, `n${index}`)).not.toBeNull();
    }),
  );
});

test('whoever is given it cannot change it for the others', async () => {
  const row = await portOf(store.read, 'h1');
  expect(() => Object.assign(row ?? {}, { port: 1 })).toThrow(TypeError);
});

test('what never changes is kept through our own commits, frozen, and until another process writes', async () => {
  const notes = keptForGood<{ text: string }>();
  const put = notes.put(store.read, 'one', { text: 'a' });
  await store.commit({ changes: [setPort(2222)], events: [eventOf('h1')] });
  expect(notes.get(store.read, 'one')).toBe(put);
  expect(notes.get(store.read, 'two')).toBeUndefined();
  expect(() => Object.assign(put, { text: 'b' })).toThrow(TypeError);
  const other = new Sqlite(path);
  await new Promise((resolve) => setImmediate(resolve));
  other.exec('update hosts set port = 2223');
  other.close();
  expect(notes.get(store.read, 'one')).toBeUndefined();
});

test('a driver that cannot tell what is fresh keeps nothing', async () => {
  const read = readerOver(store.query);
  const notes = keptForGood<string>();
  notes.put(read, 'one', 'a');
  expect(notes.get(read, 'one')).toBeUndefined();
  await portOf(read, 'h1');
  await portOf(read, 'h1');
  expect(reads).toBe(2);
});
