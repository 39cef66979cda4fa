import type { Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import type { VerifierKey } from '#core/audit/signed-note.ts';

/** What watches over the record beside the database: the signing key, its checkpoints, and what was found amiss. */
export interface RecordKeeper {
  readonly verifier: VerifierKey;
  state: () => Promise<RecordState>;
  /** Signs what was recorded since the last checkpoint; null when nothing could be signed. */
  checkpoint: () => Promise<Checkpoint | null>;
  /** Every checkpoint so far, oldest first, as signed notes. */
  notes: () => Promise<string[]>;
  /** Triggers that are not as the migrations made them, by name. */
  changedTriggers: () => Promise<string[]>;
}

export interface RecordState {
  /** What does not fit; while there is something, nothing is written. */
  fault: RecordFault | null;
  /** The last checkpoint; null before the first. */
  last: Checkpoint | null;
  /** Pushes of checkpoints elsewhere that failed since the start. */
  failedPushes: number;
}

/** Signed notes one after the other, kept outside the database. They only grow. */
export interface NotesFile {
  all: () => Promise<string[]>;
  /** Resolves once the note of so many events is kept for good. */
  append: (note: string, size: number) => Promise<void>;
}

/** Takes a checkpoint to a place that whoever owns the database cannot rewrite. Rejects when it did not get there. */
export type Push = (note: string, size: number) => Promise<void>;

/** Events after which, and time after which, what was recorded is signed. */
export const everyEvents = 256;
export const everyMs = 600_000;
