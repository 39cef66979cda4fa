import { hexOf } from '#core/audit/base64.ts';
import { keyIdOf, type VerifierKey } from '#core/audit/signed-note.ts';

/** The ed25519 key that signs checkpoints. */
export interface SigningKey {
  verifier: VerifierKey;
  /** The signed note of a text. */
  note: (text: string) => string | Promise<string>;
}

/** The name of a key is made of the key, so that no two control planes have the same. `key`: 32 bytes. */
export async function verifierOf(key: Uint8Array<ArrayBuffer>): Promise<VerifierKey> {
  const name = `flotilla-${hexOf(key.slice(0, 6))}`;
  return { name, id: await keyIdOf(name, key), key };
}
