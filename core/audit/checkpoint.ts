import { base64Of, bytesOfBase64 } from './base64.ts';
import type { ChainHead } from './chain.ts';
import { parseNote, isSignedBy, type VerifierKey } from './signed-note.ts';
import type { Tree } from './tree.ts';

/**
 * A checkpoint in the form of C2SP tlog-checkpoint: origin, number of events, base64 of the RFC 6962 root over their
 * hashes. Three more lines are ours: `head` (the hash of the last event), `time`, and `peaks` (what is needed to go on
 * with the tree). All of it is signed.
 */
export interface Checkpoint {
  origin: string;
  size: number;
  root: string;
  head: string;
  at: string;
  tree: Tree;
}

/** The text that is signed. */
export const checkpointText = ({ origin, size, root, head, at, tree }: Checkpoint): string =>
  `${origin}\n${size}\n${root}\nhead ${head}\ntime ${at}\npeaks ${tree.peaks.map((peak) => base64Of(peak)).join(' ')}\n`;

export const chainHeadOf = ({ size, head }: Checkpoint): ChainHead => ({ sequence: size, hash: head });

const form = new RegExp(
  '^(?<origin>\\S+)\\n(?<size>0|[1-9]\\d{0,15})\\n(?<root>[A-Za-z0-9+/]{43}=)\\n' +
    'head (?<head>[0-9a-f]{64})\\ntime (?<at>\\S+)\\npeaks (?<peaks>[A-Za-z0-9+/= ]*)\\n$',
);

/** The checkpoint of a note of ours, signature unchecked; null for anything else. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const groups = form.exec(parseNote(note)?.text ?? '')?.groups;
  if (groups === undefined) return null;
  const { origin = '', size = '', root = '', head = '', at = '', peaks = '' } = groups;
  const bytes = peaks.split(' ').flatMap((peak) => bytesOfBase64(peak) ?? []);
  return { origin, size: Number(size), root, head, at, tree: { size: Number(size), peaks: bytes } };
}

/** Why a note is no checkpoint signed by this key; else the checkpoint. */
export async function checkedCheckpoint(
  note: string,
  verifier: VerifierKey,
): Promise<{ ok: true; checkpoint: Checkpoint } | { ok: false; reason: string }> {
  const checkpoint = parseCheckpoint(note);
  const signed = parseNote(note);
  if (checkpoint === null || signed === null) return { ok: false, reason: 'It is no checkpoint of this form.' };
  if (!signed.signatures.some(({ id, name }) => id === verifier.id && name === verifier.name)) {
    const by = signed.signatures.map(({ name, id }) => `${name}+${id}`).join(', ');
    return { ok: false, reason: `It is signed by ${by}, not by ${verifier.name}+${verifier.id}.` };
  }
  if (await isSignedBy(signed, verifier)) return { ok: true, checkpoint };
  return { ok: false, reason: 'Its text is not what was signed.' };
}

/** Notes one after the other, each ended by a line that begins with an em dash, as the file of checkpoints has them. */
export function splitNotes(text: string): string[] {
  const notes: string[] = [];
  let from = 0;
  for (const { index, 0: signature } of text.matchAll(/^\u2014 .*\n(?!\u2014)/gm)) {
    notes.push(text.slice(from, index + signature.length));
    from = index + signature.length;
  }
  const rest = text.slice(from);
  return rest.trim() === '' ? notes : [...notes, rest];
}
