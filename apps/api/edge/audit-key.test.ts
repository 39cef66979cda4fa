import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy, parseNote } from '#core/audit/signed-note.ts';
import { auditKeyOf } from './audit-key.ts';
import type { Env } from './env.ts';

/** Only what is read of the bindings. */
const envOf = (AUDIT_KEY?: string): Env => ({ AUDIT_KEY }) as unknown as Env;
const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test.each([
  ['as openssl writes it', pem],
  ['in one line, without its first and its last', pem.split('\n').slice(1, -2).join('')],
])('a key %s signs notes that its verifier holds', async (_, text) => {
  const key = await auditKeyOf(envOf(text));
  if (key === null) throw new Error('no key');
  expect(key.verifier.name).toMatch(/^flotilla-[0-9a-f]{12}$/);
  const note = parseNote(await key.note('flotilla\n7\nroot\n'));
  if (note === null) throw new Error('no note');
  expect(await isSignedBy(note, key.verifier)).toBe(true);
  expect(await isSignedBy({ ...note, text: 'flotilla\n8\nroot\n' }, key.verifier)).toBe(false);
});

test('where none is set nothing signs', async () => {
  expect(await auditKeyOf(envOf())).toBeNull();
  expect(await auditKeyOf(envOf(' '))).toBeNull();
});

test.each([
  ['no key', 'bm90IGEga2V5'],
  ['no base64', '***'],
  [
    'a key of another kind',
    generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ],
])('%s is refused, without its text', async (_, text) => {
  await expect(auditKeyOf(envOf(text))).rejects.toMatchObject({
    code: 'invalid_input',
    message: 'The secret AUDIT_KEY is no ed25519 key',
    next: expect.stringContaining('openssl genpkey'),
  });
});
