import { hexOf } from './audit/base64.ts';

/** HMAC-SHA256 by WebCrypto, whose own comparison takes the same time whatever differs. */

type Bytes = Uint8Array<ArrayBuffer>;

const keyOf = (secret: Bytes, use: 'sign' | 'verify') =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [use]);

/** Whether `mac` is the HMAC of `signed`. An empty secret signs nothing: everybody has it. */
export async function isHmac(secret: Bytes, signed: Bytes, mac: Bytes): Promise<boolean> {
  if (secret.length === 0) return false;
  return crypto.subtle.verify('HMAC', await keyOf(secret, 'verify'), mac, signed);
}

export const hmac = async (secret: Bytes, signed: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), signed));

/** A MAC that is written in hex; one that is not 64 digits long is none. */
export const fromHex = (hex: string): Bytes | undefined =>
  /^[0-9a-f]{64}$/.test(hex)
    ? new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)))
    : undefined;

/** The bytes of standard base64; undefined for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Copied: not every runtime's types promise that an encoder's bytes have a buffer of their own. */
export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

/** SHA-256 in hex. */
export const sha256Hex = async (bytes: Bytes): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
