import { base64Of, bytesOfHex } from '#core/audit/base64.ts';
import { type ChainLink, genesis, verifyChain } from '#core/audit/chain.ts';
import { chainHeadOf, checkpointText, type Checkpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import { emptyTree, grown, type HashBytes, rootOf } from '#core/audit/tree.ts';
import { type Log, reasonOf } from '#core/log.ts';
import type { Store } from '#db/store.ts';
import { everyEvents, type NotesFile, type Push, type RecordState } from './port.ts';
import { selfCheck } from './self-check.ts';
import type { SigningKey } from './signing-key.ts';

/** What signing needs of its runtime. */
export interface SignerOptions {
  store: Pick<Store, 'query' | 'head' | 'links'>;
  key: SigningKey;
  file: NotesFile;
  push: Push | null;
  changedTriggers: () => Promise<string[]>;
  hashBytes: HashBytes;
  sha256: (text: string) => string | Promise<string>;
  nowMs: () => number;
  log: Log;
  /** Events that one checkpoint covers at most, where time is short. */
  eventsMax?: number;
}

/**
 * Signs the record as it grows, one checkpoint after the other, on Node and at the edge. What does not fit is kept as a
 * fault: then nothing is signed any more, and whoever writes has to ask for it first.
 */
export class Signer {
  readonly #options: SignerOptions;
  readonly #pushes = new Set<Promise<void>>();
  #fault: RecordFault | null = null;
  #signed: Checkpoint | null = null;
  #asked = 0;
  #failedPushes = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  /** Checks the record (self-check.ts), before anything is written. */
  static async start(options: SignerOptions): Promise<Signer> {
    const { store, key, file, changedTriggers, sha256 } = options;
    const signer = new Signer(options);
    const found = await selfCheck({ store, sha256 }, key.verifier, await file.all(), await changedTriggers());
    if (found.fault === null) signer.#signed = found.signed;
    else signer.#noteFault(found.fault);
    return signer;
  }

  get verifier() {
    return this.#options.key.verifier;
  }

  get state(): RecordState {
    return { fault: this.#fault, last: this.#signed, failedPushes: this.#failedPushes };
  }

  notes(): Promise<string[]> {
    return this.#options.file.all();
  }

  changedTriggers(): Promise<string[]> {
    return this.#options.changedTriggers();
  }

  /** Told of each commit with the last sequence that it wrote: whether it is time to sign. */
  isDue(sequence: number): boolean {
    if (sequence - Math.max(this.#signed?.size ?? 0, this.#asked) < everyEvents) return false;
    this.#asked = sequence;
    return true;
  }

  /** One at a time. */
  checkpoint(): Promise<Checkpoint | null> {
    const result = this.#turn.then(() => this.#sign());
    this.#turn = result.catch((error: unknown) => this.#options.log(`checkpoint: ${String(error)}`));
    return result;
  }

  /** Waits for what is on its way elsewhere. */
  async pushed(): Promise<void> {
    await Promise.all(this.#pushes);
  }

  async #sign(): Promise<Checkpoint | null> {
    if (this.#fault !== null) return null;
    const { store, key, file, nowMs, hashBytes, sha256, eventsMax = Number.POSITIVE_INFINITY } = this.#options;
    // Nothing is pruned without a checkpoint, so that without one the record begins with its first event.
    const head = this.#signed === null ? genesis : chainHeadOf(this.#signed);
    const leaves: Uint8Array[] = [];
    const check = await verifyChain(collecting(store.links(head), leaves, eventsMax), sha256, head);
    if (check.broken !== null) return (await this.#caughtUp()) ? this.#sign() : this.#noteFault(check.broken);
    if (leaves.length === 0) return this.#signed;
    const tree = await grown(this.#signed?.tree ?? emptyTree, leaves, hashBytes);
    const next: Checkpoint = {
      origin: key.verifier.name,
      size: check.head.sequence,
      root: base64Of(await rootOf(tree, hashBytes)),
      head: check.head.hash,
      at: new Date(nowMs()).toISOString(),
      tree,
    };
    const note = await key.note(checkpointText(next));
    await file.append(note, next.size);
    this.#signed = next;
    this.#pushAway(note, next.size);
    return next;
  }

  /**
   * Whether somebody else with our key, such as `flotilla audit archive`, has signed more meanwhile: a prune may then
   * have taken what we would go on from. Each time more is signed, so that this comes to an end.
   */
  async #caughtUp(): Promise<boolean> {
    const { store, key, file, changedTriggers, sha256 } = this.#options;
    const found = await selfCheck({ store, sha256 }, key.verifier, await file.all(), await changedTriggers());
    const signed = found.fault === null ? found.signed : null;
    if (signed === null || signed.size <= (this.#signed?.size ?? 0)) return false;
    this.#signed = signed;
    return true;
  }

  #noteFault(broken: RecordFault): null {
    this.#fault = broken;
    const { log } = this.#options;
    log(`The record does not fit, nothing is written any more (${broken.kind}): ${broken.reason}`, { level: 'error' });
    return null;
  }

  #pushAway(note: string, size: number): void {
    const { push, log } = this.#options;
    if (push === null) return;
    const pushed = push(note, size)
      .catch((error: unknown) => {
        this.#failedPushes += 1;
        const why = reasonOf(error);
        log(`The checkpoint of ${size} events was not pushed: ${why}`);
      })
      .finally(() => this.#pushes.delete(pushed));
    this.#pushes.add(pushed);
  }
}

async function* collecting(
  links: AsyncIterable<ChainLink>,
  leaves: Uint8Array[],
  max: number,
): AsyncGenerator<ChainLink> {
  for await (const link of links) {
    if (leaves.length === max) return;
    leaves.push(bytesOfHex(link.hash));
    yield link;
  }
}
