import { appendFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Report } from '#core/report.ts';
import { Spool } from './spool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const note = (sequence: number): Report => ({
  sequence,
  body: { type: 'note', at: '2026-01-01T00:00:00.000Z', step: null, host: null, text: `note ${sequence}` },
});

test('a later process reads what an earlier one appended', () => {
  const before = new Spool(folder, 'op_1');
  before.append(note(1));
  before.append(note(2));
  expect(new Spool(folder, 'op_1').readFrom(2)).toEqual([note(2)]);
});

test('a line that a crash cut off is left out, and does not swallow the next', () => {
  new Spool(folder, 'op_1').append(note(1));
  appendFileSync(join(folder, 'op_1.ndjson'), JSON.stringify(note(2)).slice(0, 30));
  const after = new Spool(folder, 'op_1');
  expect(after.readFrom(1)).toEqual([note(1)]);
  after.append(note(2));
  expect(after.readFrom(1)).toEqual([note(1), note(2)]);
});

test('a disk that is full is told as what it is, and what was half written does not swallow what comes after', () => {
  const spool = new Spool(folder, 'op_1');
  spool.append(note(1));
  rmSync(join(folder, 'op_1.ndjson'));
  symlinkSync('/dev/full', join(folder, 'op_1.ndjson'));
  expect(() => spool.append(note(2))).toThrow(/op_1\.ndjson cannot be written: the disk is full/);
  rmSync(join(folder, 'op_1.ndjson'));
  appendFileSync(join(folder, 'op_1.ndjson'), JSON.stringify(note(2)).slice(0, 30));
  spool.append(note(3));
  expect(spool.readFrom(1)).toEqual([note(3)]);
});
