import { base64Of, bytesOfBase64, hexOf, joined } from './audit/base64.ts';
import { hmac, isHmac, utf8 } from './hmac.ts';

/**
 * Secrets that have to be had again (of webhooks, of signing), sealed with AES-256-GCM under a key that is neither in
 * the database nor in its backups. A sealed text is `v1.<key>.<base64 of nonce and cipher text>`; `about` is bound to
 * it, so that a row cannot be given the secret of another.
 */
export interface Sealer {
  seal: (secret: string, about: string) => Promise<string>;
  /** Null: sealed under another key, for another thing, or changed. */
  open: (sealed: string, about: string) => Promise<string | null>;
  /** HMAC-SHA256 of what is given out and comes back, under a key of its own for each `about`. */
  sign: (signed: Bytes, about: string) => Promise<Bytes>;
  isSigned: (signed: Bytes, mac: Bytes, about: string) => Promise<boolean>;
}

type Bytes = Uint8Array<ArrayBuffer>;

const keyLength = 32;
const nonceLength = 12;

/** @param keyText 32 bytes in base64 @throws RangeError for anything else */
export function sealerOf(keyText: string): Sealer {
  const bytes = bytesOfBase64(keyText.trim());
  if (bytes?.length !== keyLength) throw new RangeError(`A sealing key is ${keyLength} bytes in base64.`);
  let imported: Promise<Imported> | null = null;
  const key = (): Promise<Imported> => (imported ??= importedKey(bytes));
  // Not the sealing key itself: one key, one use.
  const macKey = (about: string): Promise<Bytes> => hmac(bytes, utf8(`flotilla-mac-1:${about}`));
  return {
    sign: async (signed, about) => await hmac(await macKey(about), signed),
    isSigned: async (signed, mac, about) => await isHmac(await macKey(about), signed, mac),
    async seal(secret, about) {
      const { use, prefix } = await key();
      const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
      const cipher = await crypto.subtle.encrypt(under(nonce, about), use, utf8(secret));
      return prefix + base64Of(joined(nonce, new Uint8Array(cipher)));
    },
    async open(sealed, about) {
      const { use, prefix } = await key();
      const whole = sealed.startsWith(prefix) ? bytesOfBase64(sealed.slice(prefix.length)) : null;
      if (whole === null || whole.length <= nonceLength) return null;
      try {
        const cipher = whole.slice(nonceLength);
        const plain = await crypto.subtle.decrypt(under(whole.slice(0, nonceLength), about), use, cipher);
        return new TextDecoder().decode(plain);
      } catch {
        return null;
      }
    },
  };
}

interface Imported {
  use: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
  /** Names the key, so that another one is told from a changed text. */
  prefix: string;
}

async function importedKey(bytes: Uint8Array<ArrayBuffer>): Promise<Imported> {
  const use = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const name = hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 4));
  return { use, prefix: `v1.${name}.` };
}

const under = (iv: Uint8Array<ArrayBuffer>, about: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: utf8(about),
});

/** A new key, as it is written into a file or a secret of the runtime. */
export const newSealingKey = (): string => base64Of(crypto.getRandomValues(new Uint8Array(keyLength)));
