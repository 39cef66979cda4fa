import { tokenForm, tokenStart } from '#core/secret-text.ts';

/**
 * Bearer tokens: `flt_<public id>_<secret>_<checksum>`, all base62, or `flt_<environment>_<public id>_…` to tell where
 * a leaked one belongs. The id may be shown and logged; the secret is 256
 * random bits, shown once and kept as SHA-256; the checksum (CRC-32 of what stands before it) lets a scanner tell a
 * leaked token from a random word, and refuses a mistyped one without a look at the database.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 12;
const secretLength = 43; // 62^43 > 2^256
const checksumLength = 6;

const form = new RegExp(`^${tokenStart}[0-9A-Za-z]{${secretLength}}_[0-9A-Za-z]{${checksumLength}}$`);

export interface MadeToken {
  /** Public id. */
  id: string;
  /** The whole token; tell it once, keep only its hash. */
  text: string;
}

/** @param env up to 12 small letters or digits */
export function makeToken(env: string | null = null): MadeToken {
  const id = randomText(idLength);
  const body = `flt_${env === null ? '' : `${env}_`}${id}_${randomText(secretLength)}`;
  return { id, text: `${body}_${checksum(body)}` };
}

const anywhere = new RegExp(tokenStart);

/** Whether a text has a token in it: such a text is kept nowhere. */
export const holdsToken = (text: string): boolean => anywhere.test(text);

/** A text in which tokens that somebody put there are cut down to what may be shown. */
export const withoutTokens = (text: string): string => text.replaceAll(...tokenForm);

/** The public id of a well-formed token, else null. Says nothing about whether the token is known. */
export function parseToken(text: string): { id: string } | null {
  if (!form.test(text)) return null;
  const [id = ''] = text.split('_').slice(-3);
  const at = text.lastIndexOf('_');
  return checksum(text.slice(0, at)) === text.slice(at + 1) ? { id } : null;
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // Bytes over the last whole multiple of 62 would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let out = '';
  for (let digit = 0; digit < checksumLength; digit++) {
    out = alphabet.charAt(rest % 62) + out;
    rest = Math.floor(rest / 62);
  }
  return out;
}

/** CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320) of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
