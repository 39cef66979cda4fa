import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SecretsConfig, WorkerSecrets } from './secrets.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flotilla-secrets-'));
  mkdirSync(join(root, 'folder/demo'), { recursive: true });
  put('folder/key', 'for all');
  put('outside', 'nobody asked for');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, value: string | Buffer): void => writeFileSync(join(root, path), value);
const secretsOf = (config: Partial<SecretsConfig> = {}, cluster = 'demo') =>
  new WorkerSecrets({ files: new Map(), folder: join(root, 'folder'), ...config }, cluster);
const said = async (name: string, config: Partial<SecretsConfig> = {}, cluster = 'demo') =>
  (await secretsOf(config, cluster).value(name)).toString();

test('a secret is what its file in the folder says, byte for byte', async () => {
  expect(await said('key')).toBe('for all');
  const bytes = Buffer.from([0xff, 0x00, 0x0a]);
  put('folder/bytes', bytes);
  expect(await secretsOf().value('bytes')).toEqual(bytes);
});

test('what is for one cluster alone comes first, and no other gets it', async () => {
  put('folder/demo/key', 'for demo');
  put('folder/demo/own', 'for demo too');
  expect([await said('key'), await said('key', {}, 'other')]).toEqual(['for demo', 'for all']);
  expect(await secretsOf({}, 'other').states(['own', 'demo'])).toEqual({ own: 'missing', demo: 'missing' });
});

test('single files are named for all clusters, or for one', async () => {
  put('named', 'named');
  put('demo-named', 'named for demo');
  const files = new Map([
    ['named', join(root, 'named')],
    ['demo/named', join(root, 'demo-named')],
  ]);
  expect([await said('named', { files }), await said('named', { files }, 'other')]).toEqual([
    'named for demo',
    'named',
  ]);
  expect(await said('named', { files, folder: null })).toBe('named for demo');
});

test('a name leads to no file outside the folder, and to none of another cluster', async () => {
  put('folder/demo/own', 'for demo');
  const names = ['../outside', 'demo/own', '/etc/passwd', '.', '..', '', 'key\0', `../folder/key`];
  const states = await secretsOf({}, 'other').states(names);
  expect(new Set(Object.values(states))).toEqual(new Set(['missing']));
  expect(await secretsOf({}, '..').states(['outside'])).toEqual({ outside: 'missing' });
});

test('whether one could be made is seen without reading it', async () => {
  put('folder/empty', '');
  put('folder/large', Buffer.alloc(512_000));
  put('folder/fits', Buffer.alloc(511_999, 'a'));
  symlinkSync('ring', join(root, 'folder/ring'));
  const states = {
    key: 'ready',
    none: 'missing',
    empty: 'empty',
    large: 'too-large',
    fits: 'ready',
    ring: 'unreadable',
  };
  expect(await secretsOf().states(Object.keys(states))).toEqual(states);
  expect(await secretsOf({ folder: null }).states(['key'])).toEqual({ key: 'missing' });
});

test('one that cannot be made says why, with no path and nothing of its value', async () => {
  put('folder/large', Buffer.alloc(512_000, 'hidden'));
  for (const [name, why] of [
    ['none', 'this worker has none of that name'],
    ['large', 'its file has more than the 500 KB that Swarm takes'],
  ] as const) {
    const error: unknown = await secretsOf()
      .value(name)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'secret_unavailable', message: `The secret ${name} cannot be made: ${why}.` });
    expect(JSON.stringify(error)).not.toMatch(new RegExp(`hidden|${root}`));
  }
});
