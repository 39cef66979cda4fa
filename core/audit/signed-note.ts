import { base64Of, bytesOfBase64, hexOf, joined } from './base64.ts';

/** A public key as C2SP writes it: `<name>+<key id, 8 hex digits>+<base64 of 0x01 and the 32 bytes of ed25519>`. */
export interface VerifierKey {
  name: string;
  /** First four bytes of SHA-256(name, newline, 0x01, key), in hex. */
  id: string;
  key: Uint8Array<ArrayBuffer>;
}

/** A C2SP signed note: a text that ends with a newline, and signatures of exactly that text. */
export interface SignedNote {
  text: string;
  signatures: { name: string; id: string; signature: Uint8Array<ArrayBuffer> }[];
}

const ed25519 = 1;
const encoder = new TextEncoder();

/** The id of a key under a name. */
export async function keyIdOf(name: string, key: Uint8Array): Promise<string> {
  const named = joined(encoder.encode(`${name}\n`), Uint8Array.of(ed25519), key);
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', named)).slice(0, 4));
}

export const verifierText = ({ name, id, key }: VerifierKey): string =>
  `${name}+${id}+${base64Of(joined(Uint8Array.of(ed25519), key))}`;

/** Null for what is not a key of that form, or has another id than its own. */
export async function parseVerifier(text: string): Promise<VerifierKey | null> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  const bytes = bytesOfBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== ed25519) return null;
  const key = bytes.slice(1);
  return (await keyIdOf(name, key)) === id ? { name, id, key } : null;
}

/** The note as it is written to a file. `signature` has 64 bytes and is of `text`. */
export const noteText = (text: string, { name, id }: Pick<VerifierKey, 'name' | 'id'>, signature: Uint8Array): string =>
  `${text}\n\u2014 ${name} ${base64Of(joined(bytesOfId(id), signature))}\n`;

const bytesOfId = (id: string): Uint8Array =>
  Uint8Array.from({ length: 4 }, (_, at) => Number.parseInt(id.slice(at * 2, at * 2 + 2), 16));

/** Null for what is no signed note. */
export function parseNote(note: string): SignedNote | null {
  const at = note.lastIndexOf('\n\n');
  if (at < 0 || !note.endsWith('\n')) return null;
  const signatures: SignedNote['signatures'] = [];
  for (const line of note.slice(at + 2, -1).split('\n')) {
    const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? [];
    const bytes = bytesOfBase64(encoded);
    if (bytes === null || bytes.length < 5) return null;
    signatures.push({ name, id: hexOf(bytes.slice(0, 4)), signature: bytes.slice(4) });
  }
  return { text: note.slice(0, at + 1), signatures };
}

/** Whether the key has signed the note. Signatures of other keys are passed over, as C2SP asks. */
export async function isSignedBy({ text, signatures }: SignedNote, verifier: VerifierKey): Promise<boolean> {
  const ours = signatures.filter(({ name, id }) => name === verifier.name && id === verifier.id);
  if (ours.length === 0) return false;
  const key = await crypto.subtle.importKey('raw', verifier.key, 'Ed25519', false, ['verify']);
  for (const { signature } of ours) {
    if (!(await crypto.subtle.verify('Ed25519', key, signature, encoder.encode(text)))) return false;
  }
  return true;
}
