import { hexOf } from './audit/base64.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** HMAC-SHA256 of bytes. A runtime may have one that answers at once; WebCrypto asks a thread, and takes ten times as long. */
export type Hmac = (secret: Bytes, signed: Bytes) => Uint8Array | Promise<Uint8Array>;

/** By WebCrypto, on every runtime. */
export const hmac = async (secret: Bytes, signed: Bytes): Promise<Bytes> => {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
};

/** Whether `mac` is the HMAC of `signed`. An empty secret signs nothing: everybody has it. */
export async function isHmac(secret: Bytes, signed: Bytes, mac: Bytes, by: Hmac = hmac): Promise<boolean> {
  return secret.length > 0 && areEqual(await by(secret, signed), mac);
}

/** Takes the same time whatever differs. */
function areEqual(right: Uint8Array, given: Uint8Array): boolean {
  let difference = right.length ^ given.length;
  for (let at = 0; at < right.length; at += 1) difference |= (right[at] ?? 0) ^ (given[at] ?? 0);
  return difference === 0;
}

/** A MAC that is written in hex; one that is not 64 digits long is none. */
export const fromHex = (hex: string): Bytes | undefined =>
  /^[0-9a-f]{64}$/.test(hex)
    ? new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)))
    : undefined;

const encoder = new TextEncoder();

/** Copied: not every runtime's types promise that an encoder's bytes have a buffer of their own. */
export const utf8 = (text: string): Bytes => new Uint8Array(encoder.encode(text));

/** SHA-256 in hex. */
export const sha256Hex = async (bytes: Bytes): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

/** A UUID of version 8 (RFC 9562) made of a SHA-256 in hex: the same for the same. */
export const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
