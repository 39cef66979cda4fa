import { hexOf } from '#core/audit/base64.ts';

const encoder = new TextEncoder();

/** SHA-256 of bytes, or of a text's UTF-8, in hex, by WebCrypto: for runtimes without node:crypto. */
export async function sha256(of: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof of === 'string' ? encoder.encode(of) : of;
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
