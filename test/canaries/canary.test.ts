import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, sightings, traceOf } from './canary.ts';

const secret = 'Zq8/+é "W4xR71mPqK2vTn5';
const canary = { name: 'a password', secret };
const found = (text: string): string[] => sightings([traceOf('here', text)], [canary]);

test.each([
  ['as it is', secret],
  ['in JSON', JSON.stringify({ password: secret })],
  ['in a URL', `/x?p=${encodeURIComponent(secret)}&q=1`],
  ['in a form', new URLSearchParams({ p: secret }).toString()],
  ['in hex', Buffer.from(`a${secret}b`).toString('hex')],
  ['in capital hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64, behind one letter', Buffer.from(`a${secret}b`).toString('base64')],
  ['in base64, behind two letters', Buffer.from(`ab${secret}`).toString('base64')],
  ['in base64url, inside something', Buffer.from(`{"auth":"user:${secret}"}`).toString('base64url')],
  ['as a word of an index', 'w4xr71mpqk2vtn5'],
])('a canary is found %s', (_, text) => {
  expect(found(`before ${text} after`)).not.toEqual([]);
});

test('what is no canary is not found', () => {
  expect(found('Zq8 W4xR71 before')).toEqual([]);
  expect(found(Buffer.from('another secret of that length').toString('base64'))).toEqual([]);
});

test('files are looked into wherever they are, whatever they hold', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-canary-'));
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep', 'a.bin'), Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(secret)]));
  writeFileSync(join(folder, 'b.txt'), 'nothing');
  expect(sightings(filesBelow(folder), [canary])).toContain('deep/a.bin: a password (plain)');
  expect(sightings(filesBelow(folder), [canary]).some((one) => one.startsWith('b.txt'))).toBe(false);
  rmSync(folder, { recursive: true });
});
