import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '#cli/config.ts';
import { findConnection, isPlainRemote } from './connection.ts';
import { saveToken, saveUrl } from './data-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const configOf = (env: Record<string, string> = {}) => readConfig({ FLOTILLA_DATA: folder, ...env });

test('flags come first, then the environment, then the data folder', () => {
  saveUrl(folder, 'http://127.0.0.1:7001');
  saveToken(folder, 'flt_saved');
  expect(findConnection({}, configOf())).toEqual({ url: 'http://127.0.0.1:7001', token: 'flt_saved' });
  const env = { FLOTILLA_URL: 'https://elsewhere:1/', FLOTILLA_TOKEN: 'flt_env' };
  expect(findConnection({}, configOf(env))).toEqual({ url: 'https://elsewhere:1', token: 'flt_env' });
  expect(findConnection({ url: 'https://flag' }, configOf(env))).toEqual({ url: 'https://flag', token: 'flt_env' });
});

test('the saved token goes only to the saved address', () => {
  saveUrl(folder, 'http://127.0.0.1:7001');
  saveToken(folder, 'flt_saved');
  expect(() => findConnection({ url: 'https://evil.example' }, configOf())).toThrow(
    /no token for https:\/\/evil\.example \(the one in .*admin-token belongs to http:\/\/127\.0\.0\.1:7001\)/,
  );
});

test('the saved token is for its owner only, also when an older file was open to others', () => {
  saveToken(folder, 'flt_old');
  saveToken(folder, 'flt_new');
  expect(statSync(join(folder, 'admin-token')).mode & 0o777).toBe(0o600);
});

test('a token that cannot be one is refused here, not by an HTTP library', () => {
  expect(() => findConnection({}, configOf({ FLOTILLA_TOKEN: 'two words' }))).toThrow(
    /characters that a token never has/,
  );
});

test('a token in clear is fine on this machine only', () => {
  expect(
    ['http://127.0.0.1:1', 'http://localhost', 'http://[::1]:1', 'https://far.example'].map(isPlainRemote),
  ).toEqual([false, false, false, false]);
  expect(['http://far.example', 'http://127.evil.example'].map(isPlainRemote)).toEqual([true, true]);
});
