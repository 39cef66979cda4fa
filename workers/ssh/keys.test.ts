import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeyRing, type SshConfig } from './keys.ts';

let folder: string;
const file = (name: string) => [{ kind: 'file' as const, path: join(folder, name) }];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-keys-'));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const plain = privateKey.export({ type: 'pkcs1', format: 'pem' });
  writeFileSync(join(folder, 'good'), plain);
  const secret = { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'words' } as const;
  writeFileSync(join(folder, 'locked'), privateKey.export(secret));
  writeFileSync(join(folder, 'public'), publicKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'garbage'), 'very secret garbage');
  writeFileSync(join(folder, 'sudo'), 'pass word\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ring = (fields: Partial<SshConfig> = {}): KeyRing => {
  const names = ['good', 'locked', 'public', 'garbage', 'missing'];
  const keys = new Map(names.map((name) => [name, file(name)]));
  return new KeyRing({ keys, keysFolder: null, sudoPasswordFiles: new Map(), ...fields });
};

test('a key of the configuration is a way to log in', async () => {
  const methods = await ring().methodsFor('good', 'root');
  expect(methods).toMatchObject([{ type: 'publickey', username: 'root' }]);
});

test.each([
  ['locked', 'is encrypted with a passphrase'],
  ['garbage', 'is not a private key that can be read'],
  ['public', 'private'],
  ['missing', 'cannot be read (ENOENT)'],
  ['nobody', 'its configuration has no key of that name'],
])('the key %s: %s', async (name, why) => {
  const attempt = ring().methodsFor(name, 'root');
  await expect(attempt).rejects.toMatchObject({ code: 'ssh_key_unavailable' });
  await expect(attempt).rejects.toThrow(why);
  await expect(attempt).rejects.not.toThrow(/very secret|BEGIN/);
});

test('a folder of keys gives those in it by name, and nothing outside it', async () => {
  const folderRing = ring({ keys: new Map(), keysFolder: folder });
  expect(await folderRing.methodsFor('good', 'root')).toHaveLength(1);
  for (const name of ['../good', 'sub/good', '/etc/passwd', '.good', '']) {
    await expect(folderRing.methodsFor(name, 'root')).rejects.toThrow('no key of that name');
  }
});

test('of several sources all that can be used are tried, in order', async () => {
  const socket = join(folder, 'no-agent');
  const keys = new Map([['default', [{ kind: 'agent' as const, socket }, ...file('missing'), ...file('good')]]]);
  expect(await ring({ keys }).methodsFor('default', 'root')).toHaveLength(1);
  const none = ring({ keys: new Map([['default', [{ kind: 'agent' as const, socket }]]]) });
  await expect(none.methodsFor('default', 'root')).rejects.toThrow('the agent at');
});

test('sudo passwords are read by host, without the line end', async () => {
  const path = join(folder, 'sudo');
  expect(await ring().sudoPassword('h1')).toBeNull();
  expect(await ring({ sudoPasswordFiles: new Map([['h1', path]]) }).sudoPassword('h1')).toBe('pass word');
  expect(await ring({ sudoPasswordFiles: new Map([['default', path]]) }).sudoPassword('h2')).toBe('pass word');
  const broken = ring({ sudoPasswordFiles: new Map([['h1', join(folder, 'missing')]]) });
  await expect(broken.sudoPassword('h1')).rejects.toMatchObject({ code: 'ssh_key_unavailable' });
});

test('many who ask at once share one key, and one that has changed is read again', async () => {
  const keys = ring();
  const keyOf = (methods: Awaited<ReturnType<KeyRing['methodsFor']>>) => Object(methods[0]).key;
  const [one, other] = await Promise.all([keys.methodsFor('good', 'root'), keys.methodsFor('good', 'ada')]);
  expect(keyOf(one)).toBe(keyOf(other));
  utimesSync(join(folder, 'good'), 1, 1);
  expect(keyOf(await keys.methodsFor('good', 'root'))).not.toBe(keyOf(one));
});
