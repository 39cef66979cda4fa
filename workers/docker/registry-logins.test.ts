import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RegistryLogins } from './registry-logins.ts';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-logins-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'config.json');

function loginsIn(content: unknown): RegistryLogins {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return new RegistryLogins(path);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function sentFor(logins: RegistryLogins, image: string): Promise<unknown> {
  const auth = (await logins.authFor(image)) ?? '';
  expect(auth.length % 4).toBe(0);
  expect(auth).toMatch(/^[\w=-]+$/);
  return JSON.parse(Buffer.from(auth, 'base64url').toString());
}

const auths = {
  'ghcr.io': { auth: base64('ann:pass:word?>') },
  'https://index.docker.io/v1/': { username: 'hub', password: 'secret' },
  'https://registry.example:5000/v2/': { identitytoken: 'token', auth: base64('unused:') },
};

test('an image is asked for with the login to its own registry', async () => {
  const logins = loginsIn({ auths });
  expect(await sentFor(logins, 'ghcr.io/acme/web:1')).toEqual({
    username: 'ann',
    password: 'pass:word?>',
    serveraddress: 'ghcr.io',
  });
  expect(await sentFor(logins, 'registry.example:5000/web@sha256:00')).toEqual({
    identitytoken: 'token',
    serveraddress: 'https://registry.example:5000/v2/',
  });
  for (const image of ['nginx', 'acme/web:2', 'docker.io/acme/web'])
    expect(await sentFor(logins, image)).toMatchObject({ username: 'hub', password: 'secret' });
});

test('nobody else is told a login', async () => {
  const logins = loginsIn({ auths });
  for (const image of ['ghcr.io.evil.example/acme/web', 'registry.example/web', 'localhost/ghcr.io/web'])
    expect(await sentFor(logins, image)).toEqual({});
});

test('without a file nothing is sent, and a service keeps what it has', async () => {
  expect(await new RegistryLogins(null).authFor('ghcr.io/acme/web')).toBeUndefined();
});

test('a file that changes is read again', async () => {
  const logins = loginsIn({ auths });
  loginsIn({ auths: { 'ghcr.io': { auth: base64('ann:new') } } });
  expect(await sentFor(logins, 'ghcr.io/acme/web')).toMatchObject({ password: 'new' });
});

test.each([
  [
    'a login that is kept elsewhere',
    { auths: { 'ghcr.io': {} }, credsStore: 'desktop' },
    'credential helper "desktop"',
  ],
  ['a helper for one registry', { credHelpers: { 'ghcr.io': 'gcloud' } }, 'credential helper "gcloud"'],
  ['what is no JSON', '{"auths": secret', 'not the JSON that `docker login` writes'],
  ['another shape', { auths: ['secret'] }, 'not the JSON that `docker login` writes'],
])('%s is refused, without a word of what the file holds', async (_, content, why) => {
  const refusal: unknown = await loginsIn(content)
    .authFor('ghcr.io/acme/web')
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'registry_login_unavailable', message: expect.stringContaining(why) });
  expect(String(refusal)).not.toContain('secret');
});

test('a helper for one registry bars no other', async () => {
  expect(await sentFor(loginsIn({ credHelpers: { 'gcr.io': 'gcloud' } }), 'ghcr.io/acme/web')).toEqual({});
});

test('a file that is not there is refused', async () => {
  await expect(new RegistryLogins(join(folder, 'none')).authFor('nginx')).rejects.toMatchObject({
    code: 'registry_login_unavailable',
    message: expect.stringContaining('cannot be read (ENOENT)'),
  });
});
