import { createHmac, hash } from 'node:crypto';

/** SHA-256 of bytes, or of a text's UTF-8, in hex, at once. */
export const sha256 = (of: string | Uint8Array): string => hash('sha256', of, 'hex');

/** HMAC-SHA256, at once. */
export const hmacSha256 = (secret: Uint8Array, signed: Uint8Array): Uint8Array =>
  createHmac('sha256', secret).update(signed).digest();
