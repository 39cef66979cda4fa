import type { Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import type { VerifierKey } from '#core/audit/signed-note.ts';

/** What watches over the record beside the database: the signing key, its checkpoints, and what was found amiss. */
export interface RecordKeeper {
  readonly verifier: VerifierKey;
  /** What does not fit; while there is something, nothing is written. */
  readonly fault: RecordFault | null;
  /** Pushes of checkpoints elsewhere that failed since the start. */
  readonly failedPushes: number;
  /** Signs what was recorded since the last checkpoint; null when nothing could be signed. */
  checkpoint: () => Promise<Checkpoint | null>;
  /** The last checkpoint; null before the first. */
  last: () => Promise<Checkpoint | null>;
  /** Every checkpoint so far, oldest first, as signed notes. */
  notes: () => Promise<string[]>;
  /** Triggers that are not as the migrations made them, by name. */
  changedTriggers: () => Promise<string[]>;
}
