import { base64Of, bytesOfBase64 } from '../../audit/base64.ts';
import { utf8 } from '../../hmac.ts';

/* ed25519 by WebCrypto, as Standard Webhooks writes it: `whpk_` and `whsk_` keys, `v1a,` signatures. */

interface SigningPair {
  /** `whsk_` and the base64 of a PKCS #8 key. */
  secretKey: string;
  /** `whpk_` and the base64 of the 32 bytes. */
  publicKey: string;
}

export async function newSigningPair(): Promise<SigningPair> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('An ed25519 key is a pair.');
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  return { secretKey: `whsk_${textOf(pkcs8)}`, publicKey: `whpk_${textOf(raw)}` };
}

/** Keys are exported as bytes; only a JWK would be an object. */
function textOf(exported: ArrayBuffer | object): string {
  if (!(exported instanceof ArrayBuffer)) throw new TypeError('A key was not exported as bytes.');
  return base64Of(new Uint8Array(exported));
}

export interface Signed {
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  body: string;
}

/** `v1a,<base64>` over `id.timestamp.body`. */
export async function signatureOf(secretKey: string, { id, timestamp, body }: Signed): Promise<string> {
  const bytes = bytesOfBase64(secretKey.replace(/^whsk_/, ''));
  if (bytes === null) throw new TypeError('This is no signing key.');
  const key = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign']);
  const signature = await crypto.subtle.sign('Ed25519', key, utf8(`${id}.${timestamp}.${body}`));
  return `v1a,${base64Of(new Uint8Array(signature))}`;
}

/** Whether one of a list of signatures is that of a public key, as a receiver looks. */
export async function isSignedBy(publicKey: string, list: string, { id, timestamp, body }: Signed): Promise<boolean> {
  const bytes = bytesOfBase64(publicKey.replace(/^whpk_/, ''));
  if (bytes === null) return false;
  const key = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
  const signed = utf8(`${id}.${timestamp}.${body}`);
  const verdicts = await Promise.all(
    list.split(' ').map(async (one) => {
      const signature = one.startsWith('v1a,') ? bytesOfBase64(one.slice(4)) : null;
      return signature !== null && (await crypto.subtle.verify('Ed25519', key, signature, signed));
    }),
  );
  return verdicts.includes(true);
}
