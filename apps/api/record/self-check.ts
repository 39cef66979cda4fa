import { type ChainHead, verifyChain } from '#core/audit/chain.ts';
import { chainHeadOf, checkedCheckpoint, type Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import { type VerifierKey, verifierText } from '#core/audit/signed-note.ts';
import type { Store } from '#db/store.ts';

/** A record, and what its hashes are checked with. */
export interface Checked {
  store: Pick<Store, 'query' | 'head' | 'links'>;
  sha256: (text: string) => string | Promise<string>;
}

/** Where signing goes on, or why it must not. */
export type Found = { fault: RecordFault } | { fault: null; signed: Checkpoint | null };

/**
 * What is looked at before anything is written: the triggers are as they were made, and the record goes on from where
 * the last checkpoint left it. What lies before was checked when that was signed; `audit verify` walks all of it.
 */
export async function selfCheck(
  record: Checked,
  verifier: VerifierKey,
  notes: readonly string[],
  changedTriggers: readonly string[],
): Promise<Found> {
  if (changedTriggers.length > 0) {
    const reason = `Not as they should be: ${changedTriggers.join(', ')}.`;
    return { fault: { kind: 'triggers-missing', sequence: null, reason } };
  }
  const last = notes.at(-1);
  if (last === undefined) return { fault: null, signed: null };
  const checked = await checkedCheckpoint(last, verifier);
  if (!checked.ok) {
    const reason = `The last checkpoint on file: ${checked.reason} The key here is ${verifierText(verifier)}.`;
    return { fault: { kind: 'bad-signature', sequence: null, reason } };
  }
  const { checkpoint } = checked;
  const fault = (await faultAt(record, checkpoint)) ?? (await faultAfter(record, chainHeadOf(checkpoint)));
  return fault === null ? { fault, signed: checkpoint } : { fault };
}

async function faultAt({ store }: Checked, { size, head, at }: Checkpoint): Promise<RecordFault | null> {
  if (size === 0) return null;
  const here = await store.head();
  if (here.sequence < size) {
    const reason = `The checkpoint of ${at} covers ${size} events, and the last one here is ${here.sequence}.`;
    return { kind: 'cut', sequence: here.sequence + 1, reason };
  }
  const [row] = await store.query('select hash from audit_events where sequence = ?', [size]);
  if (row?.[0] === head) return null;
  return { kind: 'rewritten', sequence: size, reason: `The checkpoint of ${at} has another event ${size}.` };
}

/** Why the events after a head do not follow on it. */
async function faultAfter({ store, sha256 }: Checked, head: ChainHead): Promise<RecordFault | null> {
  const { broken } = await verifyChain(store.links(head), sha256, head);
  return broken;
}
