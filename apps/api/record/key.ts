import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { AppError } from '#core/errors.ts';
import { bytesOfBase64Url } from '#core/audit/base64.ts';
import { noteText, type VerifierKey, verifierText } from '#core/audit/signed-note.ts';
import { type SigningKey, verifierOf } from './signing-key.ts';
import { makeSecretFile } from '../secret-file.ts';

/**
 * Reads the key, or makes it with its public half beside it (`<file>.pub`, as C2SP writes it). The file is readable by
 * this user only and belongs neither into the database nor into a backup of it.
 * @throws AppError `audit_unavailable` for a file that holds no such key.
 */
export async function signingKey(file: string): Promise<SigningKey> {
  const key = keyIn(file) ?? madeIn(file) ?? keyIn(file);
  if (key === null) throw unusable(file, undefined);
  const verifier = await verifierIn(key);
  writeFileSync(`${file}.pub`, `${verifierText(verifier)}\n`);
  const note = (text: string): string => noteText(text, verifier, sign(null, Buffer.from(text), key));
  return { verifier, note };
}

function keyIn(file: string): KeyObject | null {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unusable(file, error);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw unusable(file, error);
  }
  throw unusable(file, undefined);
}

/** Null when another process made it a moment before. */
function madeIn(file: string): KeyObject | null {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return makeSecretFile(file, pem) ? privateKey : null;
}

async function verifierIn(key: KeyObject): Promise<VerifierKey> {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return await verifierOf(bytesOfBase64Url(x) ?? new Uint8Array());
}

const unusable = (file: string, cause: unknown): AppError =>
  new AppError('audit_unavailable', `The key in ${file} cannot be used to sign the record`, {
    done: 'Nothing was started.',
    next: 'Put the right key back. Without it a new one is made, and the old checkpoints are no longer ours.',
    cause,
  });
