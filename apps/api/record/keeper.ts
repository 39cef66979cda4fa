import { hash } from 'node:crypto';
import type { Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import type { Log } from '#core/log.ts';
import { changedTriggers } from '#db/audit/triggers.ts';
import { sha256 } from '#db/sha256-node.ts';
import type { Store } from '#db/store.ts';
import { everyMs, type NotesFile, type Push, type RecordKeeper } from './port.ts';
import { Signer } from './signer.ts';
import type { SigningKey } from './signing-key.ts';

export interface KeeperOptions {
  store: Store;
  key: SigningKey;
  file: NotesFile;
  push: Push | null;
  nowMs: () => number;
  log: Log;
}

export interface RunningKeeper extends RecordKeeper {
  readonly fault: RecordFault | null;
  /** Told of each commit with the last sequence that it wrote. */
  noted: (sequence: number) => void;
  /** Signs what is left. */
  close: () => Promise<void>;
}

/** Checks the record, then signs it as it grows: on Node, for as long as the process lives. */
export async function startKeeper(options: KeeperOptions): Promise<RunningKeeper> {
  const signer = await Signer.start({
    ...options,
    sha256,
    hashBytes: (bytes) => hash('sha256', bytes, 'buffer'),
    changedTriggers: () => changedTriggers(options.store),
  });
  // Whoever waits for it is told; here the log is.
  const sign = (): Promise<Checkpoint | null> => signer.checkpoint().catch(() => null);
  const timer = setInterval(() => void sign(), everyMs);
  timer.unref();
  return {
    verifier: signer.verifier,
    get fault() {
      return signer.state.fault;
    },
    state: () => Promise.resolve(signer.state),
    notes: () => signer.notes(),
    changedTriggers: () => signer.changedTriggers(),
    checkpoint: () => signer.checkpoint(),
    noted(sequence) {
      if (signer.isDue(sequence)) void sign();
    },
    async close() {
      clearInterval(timer);
      await sign();
      await signer.pushed();
    },
  };
}
