import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unwrap } from '#api/client.ts';
import { checkpointsFile } from '#api/record/files.ts';
import { splitNotes } from '#core/audit/checkpoint.ts';
import { until } from '#lab/wait.ts';
import { createWorld, type World } from '#test/world.ts';

/* When what was recorded is signed, and that it gets to where it was to be kept as well. */

let world: World;
let elsewhere: string;
const minutes = (count: number): number => count * 60_000;
beforeEach(async () => {
  // The clock of the intervals alone: everything else goes on by itself.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  elsewhere = mkdtempSync(join(tmpdir(), 'flotilla-checkpoints-'));
  world = await createWorld({ auditPush: `dir:${elsewhere}` });
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
  rmSync(elsewhere, { recursive: true });
});

function notes(): string[] {
  try {
    return splitNotes(readFileSync(checkpointsFile(world.dataDir), 'utf8'));
  } catch {
    return [];
  }
}
const look = () => unwrap(world.admin.v1.audit.$get({ query: { limit: '1' } }));

test('every ten minutes, and not while nothing was recorded since', async () => {
  await look();
  vi.advanceTimersByTime(minutes(9));
  await look();
  expect(notes()).toHaveLength(0);
  vi.advanceTimersByTime(minutes(1));
  await until('the first is written', () => notes().length === 1);
  vi.advanceTimersByTime(minutes(30));
  await look();
  expect(notes()).toHaveLength(1);
  vi.advanceTimersByTime(minutes(10));
  await until('the second is written', () => notes().length === 2);
  const kept = () => readdirSync(elsewhere).map((file) => readFileSync(join(elsewhere, file), 'utf8'));
  // A file is there before what it says.
  await until('both are kept elsewhere', () => kept().filter((text) => text !== '').length === 2);
  expect(kept()).toEqual(notes());
});

test('every 256 events, without waiting for the time', async () => {
  for (let count = 0; count < 260; count += 1) await look();
  await until('it is written', () => notes().length === 1);
  const { sequence } = await world.api.store.head();
  expect(sequence).toBeGreaterThan(256);
  await until('it is kept elsewhere', () => readdirSync(elsewhere).length === 1);
});

test('at the stop, of all that there is', async () => {
  await look();
  const { sequence } = await world.api.store.head();
  await world.api.close();
  const [note] = notes();
  expect(note?.split('\n')[1]).toBe(String(sequence));
  expect(readdirSync(elsewhere)).toEqual([`${String(sequence).padStart(12, '0')}.checkpoint`]);
});
