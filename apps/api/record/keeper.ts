import { createHash } from 'node:crypto';
import { base64Of, bytesOfHex } from '#core/audit/base64.ts';
import { type ChainLink, genesis, verifyChain } from '#core/audit/chain.ts';
import { chainHeadOf, checkpointText, type Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import { emptyTree, grown, type HashBytes, rootOf } from '#core/audit/tree.ts';
import { changedTriggers } from '#db/audit/triggers.ts';
import { sha256 } from '#db/sha256-node.ts';
import type { Store } from '#db/store.ts';
import { type SigningKey } from './key.ts';
import { type NotesFile } from './notes-file.ts';
import type { RecordKeeper } from './port.ts';
import type { Push } from './push.ts';
import { type Found, selfCheck } from './self-check.ts';

/** Events after which, and time after which, what was recorded is signed. */
const everyEvents = 256;
const everyMs = 600_000;

export interface KeeperOptions {
  store: Store;
  key: SigningKey;
  file: NotesFile;
  push: Push | null;
  nowMs: () => number;
  log: (line: string) => void;
}

export interface RunningKeeper extends RecordKeeper {
  /** Told of each commit with the last sequence that it wrote. */
  noted: (sequence: number) => void;
  /** Signs what is left. */
  close: () => Promise<void>;
}

const hashBytes: HashBytes = (bytes) => createHash('sha256').update(bytes).digest();

/** Checks the record (self-check.ts), then signs it as it grows. */
export async function startKeeper(options: KeeperOptions): Promise<RunningKeeper> {
  const { store, key, file } = options;
  const found = await selfCheck(store, key.verifier, await file.all(), await changedTriggers(store));
  return new Keeper(options, found);
}

/** One thing happens at a time. */
class Keeper implements RunningKeeper {
  readonly #options: KeeperOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #pushes = new Set<Promise<void>>();
  #fault: RecordFault | null = null;
  #signed: Checkpoint | null = null;
  #asked = 0;
  #failedPushes = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: KeeperOptions, found: Found) {
    this.#options = options;
    if (found.fault === null) this.#signed = found.signed;
    else this.#noteFault(found.fault);
    this.#timer = setInterval(() => void this.checkpoint().catch(() => {}), everyMs);
    this.#timer.unref();
  }

  get verifier() {
    return this.#options.key.verifier;
  }

  get fault() {
    return this.#fault;
  }

  get failedPushes() {
    return this.#failedPushes;
  }

  last(): Promise<Checkpoint | null> {
    return Promise.resolve(this.#signed);
  }

  notes(): Promise<string[]> {
    return this.#options.file.all();
  }

  changedTriggers(): Promise<string[]> {
    return changedTriggers(this.#options.store);
  }

  noted(sequence: number): void {
    if (sequence - Math.max(this.#signed?.size ?? 0, this.#asked) < everyEvents) return;
    this.#asked = sequence;
    void this.checkpoint().catch(() => {});
  }

  checkpoint(): Promise<Checkpoint | null> {
    const result = this.#turn.then(() => this.#sign());
    this.#turn = result.catch((error: unknown) => this.#options.log(`checkpoint: ${String(error)}`));
    return result;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.checkpoint().catch(() => {});
    await Promise.all(this.#pushes);
  }

  async #sign(): Promise<Checkpoint | null> {
    if (this.#fault !== null) return null;
    const { store, key, file, nowMs } = this.#options;
    // Nothing is pruned without a checkpoint, so that without one the record begins with its first event.
    const head = this.#signed === null ? genesis : chainHeadOf(this.#signed);
    const leaves: Uint8Array[] = [];
    const check = await verifyChain(collecting(store.links(head), leaves), sha256, head);
    if (check.broken !== null) return this.#noteFault(check.broken);
    if (leaves.length === 0) return this.#signed;
    const tree = grown(this.#signed?.tree ?? emptyTree, leaves, hashBytes);
    const next: Checkpoint = {
      origin: key.verifier.name,
      size: check.head.sequence,
      root: base64Of(rootOf(tree, hashBytes)),
      head: check.head.hash,
      at: new Date(nowMs()).toISOString(),
      tree,
    };
    const note = key.note(checkpointText(next));
    await file.append(note);
    this.#signed = next;
    this.#pushAway(note, next.size);
    return next;
  }

  #noteFault(broken: RecordFault): null {
    this.#fault = broken;
    this.#options.log(`The record does not fit, nothing is written any more (${broken.kind}): ${broken.reason}`);
    return null;
  }

  #pushAway(note: string, size: number): void {
    const { push, log } = this.#options;
    if (push === null) return;
    const pushed = push(note, size)
      .catch((error: unknown) => {
        this.#failedPushes += 1;
        const why = error instanceof Error ? error.message : String(error);
        log(`The checkpoint of ${size} events was not pushed: ${why}`);
      })
      .finally(() => this.#pushes.delete(pushed));
    this.#pushes.add(pushed);
  }
}

async function* collecting(links: AsyncIterable<ChainLink>, leaves: Uint8Array[]): AsyncGenerator<ChainLink> {
  for await (const link of links) {
    leaves.push(bytesOfHex(link.hash));
    yield link;
  }
}
