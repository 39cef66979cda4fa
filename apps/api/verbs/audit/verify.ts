import { hashesOf } from '#core/audit/chain.ts';
import { RecordWalk, type RecordCheck } from '#core/audit/check-record.ts';
import { checkedCheckpoint, type Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import { verifierText } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import type { RecordCheckView } from '#core/wire.ts';
import { mismatches, type Mismatch } from '#db/audit/reconcile.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { noteLook } from './note-look.ts';

export interface VerifyAudit {
  /** A checkpoint that was kept elsewhere, as a signed note. */
  anchor?: string | undefined;
  /** Also hold the record against the rows that it tells of. */
  reconcile: boolean;
}

/**
 * Walks the whole record, holds it against its checkpoints and the anchor, and looks at the triggers. What was recorded
 * last is signed first, so that only a record that cannot be signed has an unsigned tail.
 */
export async function verifyAudit({ ctx, input }: Call<VerifyAudit>): Promise<RecordCheckView> {
  await authorise(ctx, 'audit.read');
  await noteLook(ctx, 'audit.verified', { reconcile: input.reconcile, anchored: input.anchor !== undefined });
  const { record, store } = ctx.deps;
  await record?.checkpoint();
  const notes = (await record?.notes()) ?? [];
  const signed = await signedOnes(ctx, notes, input.anchor);
  const walked = await walk(ctx, signed);
  const changed = (await record?.changedTriggers()) ?? [];
  const differing = input.reconcile ? await mismatches(store.query) : [];
  const fault =
    hard(walked.fault) ??
    signed.fault ??
    triggerFault(changed) ??
    mismatchFault(differing) ??
    (await unsigned(ctx, walked));
  return {
    ok: fault === null,
    events: walked.events,
    from: walked.from,
    head: walked.head.hash,
    signedThrough: walked.signedThrough,
    checkpoints: notes.length,
    key: record === null ? null : verifierText(record.verifier),
    fault,
    mismatches: differing,
  };
}

interface Signed {
  checkpoints: Checkpoint[];
  anchors: Checkpoint[];
  fault: RecordFault | null;
}

async function signedOnes({ deps: { record } }: Context, notes: readonly string[], anchor?: string): Promise<Signed> {
  const signed: Signed = { checkpoints: [], anchors: [], fault: null };
  if (record === null) return signed;
  for (const [index, note] of notes.entries()) {
    const checked = await checkedCheckpoint(note, record.verifier);
    if (checked.ok) signed.checkpoints.push(checked.checkpoint);
    else
      signed.fault ??= { kind: 'bad-signature', sequence: null, reason: `Checkpoint ${index + 1}: ${checked.reason}` };
  }
  if (anchor === undefined) return signed;
  const checked = await checkedCheckpoint(anchor, record.verifier);
  if (!checked.ok) {
    throw new AppError('invalid_input', `The anchor is no checkpoint of this record: ${checked.reason}`, {
      done: 'Nothing was checked.',
      next: 'Send a checkpoint that this control plane has signed, as it is.',
      issues: [{ pointer: '/query/anchor', message: checked.reason }],
    });
  }
  signed.anchors.push(checked.checkpoint);
  return signed;
}

async function walk({ deps: { store, sha256 } }: Context, evidence: Signed): Promise<RecordCheck> {
  const walked = new RecordWalk(evidence);
  for await (const page of store.linkPages()) {
    if (!walked.add(page, await hashesOf(page, sha256))) break;
    // A long record must not keep leases from being renewed: other requests get their turn between two pages.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return walked.end();
}

const hard = (fault: RecordFault | null): RecordFault | null => (fault?.kind === 'unsigned-tail' ? null : fault);

const triggerFault = (names: readonly string[]): RecordFault | null =>
  names.length === 0
    ? null
    : { kind: 'triggers-missing', sequence: null, reason: `Not as they should be: ${names.join(', ')}.` };

const mismatchFault = (found: readonly Mismatch[]): RecordFault | null => {
  const [first] = found;
  if (first === undefined) return null;
  const more = found.length === 1 ? '' : `, and ${found.length - 1} more`;
  return { kind: 'mismatch', sequence: null, reason: `${first.what}: ${first.id}${more}.` };
};

/** Events that came in while the record was walked are signed with the next checkpoint; nothing is amiss with them. */
async function unsigned({ deps: { record } }: Context, walked: RecordCheck): Promise<RecordFault | null> {
  if (record === null) return null;
  const { fault } = await record.state();
  return fault === null && walked.signedThrough > 0 ? null : walked.fault;
}
