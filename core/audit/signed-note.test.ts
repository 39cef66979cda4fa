import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bytesOfBase64 } from './base64.ts';
import { checkedCheckpoint, checkpointText, parseCheckpoint, splitNotes } from './checkpoint.ts';
import { isSignedBy, keyIdOf, noteText, parseNote, parseVerifier, verifierText } from './signed-note.ts';

/** The example of the C2SP page on signed notes, made by another implementation. */
const published = {
  verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note:
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

async function madeKey(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = bytesOfBase64(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64'));
  if (key === null) throw new Error('no key');
  const verifier = { name, id: await keyIdOf(name, key), key };
  return { verifier, note: (text: string) => noteText(text, verifier, sign(null, Buffer.from(text), privateKey)) };
}

describe('signed notes', () => {
  test('of another implementation are read and checked', async () => {
    const verifier = await parseVerifier(published.verifier);
    const note = parseNote(published.note);
    if (verifier === null || note === null) throw new Error('not read');
    expect(await isSignedBy(note, verifier)).toBe(true);
    expect(await isSignedBy({ ...note, text: note.text.replace('answer', 'question') }, verifier)).toBe(false);
    expect(verifierText(verifier)).toBe(published.verifier);
  });

  test('a key with another id than its own is none', async () => {
    expect(await parseVerifier(published.verifier.replace('c74f20a3', 'c74f20a4'))).toBeNull();
    expect(await parseVerifier('no key')).toBeNull();
  });
});

describe('a checkpoint', () => {
  const tree = { size: 3, peaks: [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] };
  const root = `${'A'.repeat(43)}=`;
  const checkpoint = { origin: 'log', size: 3, root, head: 'ab'.repeat(32), at: '2026-11-25T00:00:00.000Z', tree };

  test('survives being written, and is told from one that was touched', async () => {
    const { verifier, note } = await madeKey('log');
    const text = note(checkpointText(checkpoint));
    expect(await checkedCheckpoint(text, verifier)).toEqual({ ok: true, checkpoint });
    const touched = await checkedCheckpoint(text.replace('\n3\n', '\n2\n'), verifier);
    expect(touched).toMatchObject({ ok: false, reason: 'Its text is not what was signed.' });
    const other = await madeKey('log');
    expect(await checkedCheckpoint(text, other.verifier)).toMatchObject({ ok: false });
    expect(parseCheckpoint('nonsense')).toBeNull();
  });

  test('is found among others in one file, also behind one that was torn', async () => {
    const { note } = await madeKey('log');
    const notes = [1, 2, 3].map((size) => note(checkpointText({ ...checkpoint, size })));
    expect(splitNotes(notes.join(''))).toEqual(notes);
    expect(splitNotes(`${notes.join('')}log\n4\n`)).toEqual([...notes, 'log\n4\n']);
    expect(splitNotes('')).toEqual([]);
  });
});
