import { hash } from 'node:crypto';

/** SHA-256 of bytes, or of a text's UTF-8, in hex, at once. */
export const sha256 = (of: string | Uint8Array): string => hash('sha256', of, 'hex');

const blockBytes = 64;

/** HMAC-SHA256 (RFC 2104), at once. By two hashes: `createHmac` takes three times as long, most of it for making a key. */
export function hmacSha256(secret: Uint8Array, signed: Uint8Array): Uint8Array {
  const key = secret.length > blockBytes ? hash('sha256', secret, 'buffer') : secret;
  const inner = Buffer.alloc(blockBytes + signed.length, 0x36);
  const outer = Buffer.alloc(blockBytes + 32, 0x5c);
  for (let at = 0; at < key.length; at += 1) {
    inner[at] = (key[at] ?? 0) ^ 0x36;
    outer[at] = (key[at] ?? 0) ^ 0x5c;
  }
  inner.set(signed, blockBytes);
  outer.set(hash('sha256', inner, 'buffer'), blockBytes);
  return hash('sha256', outer, 'buffer');
}
