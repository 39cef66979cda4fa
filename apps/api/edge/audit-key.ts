import { bytesOfBase64, bytesOfBase64Url } from '#core/audit/base64.ts';
import { noteText } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import { type SigningKey, verifierOf } from '../record/signing-key.ts';
import type { Env } from './env.ts';

/**
 * The key that signs the record, from the secret AUDIT_KEY: PKCS #8 as `openssl genpkey -algorithm ed25519` writes it, with
 * or without its first and last line. Null where none is set. @throws AppError `invalid_input` for anything else
 */
export async function auditKeyOf({ AUDIT_KEY: text }: Env): Promise<SigningKey | null> {
  if (text === undefined || text.trim() === '') return null;
  const der = bytesOfBase64(text.replace(/-----[A-Z ]+-----|\s/g, ''));
  const key = der === null ? null : await privateKeyIn(der);
  if (key === null) {
    throw new AppError('invalid_input', 'The secret AUDIT_KEY is no ed25519 key', {
      done: 'Nothing is served.',
      next: 'Make one with `openssl genpkey -algorithm ed25519`, and set it with `wrangler secret put AUDIT_KEY`.',
    });
  }
  const verifier = await verifierOf(await publicPartOf(key));
  return {
    verifier,
    async note(signed) {
      const signature = await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(signed));
      return noteText(signed, verifier, new Uint8Array(signature));
    },
  };
}

/** It has to be exportable: what is public of it is told only by its JWK. */
const privateKeyIn = (der: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> =>
  crypto.subtle.importKey('pkcs8', der, 'Ed25519', true, ['sign']).catch(() => null);

async function publicPartOf(key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const { x = '' }: { x?: string } = Object(await crypto.subtle.exportKey('jwk', key));
  return bytesOfBase64Url(x) ?? new Uint8Array();
}
