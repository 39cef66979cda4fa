import { type ChainHead, type ChainLink, genesis, linkFault } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { RecordFault } from './faults.ts';

/** What a record is held against. Checkpoints are those whose signature was found good. */
export interface Evidence {
  checkpoints: readonly Checkpoint[];
  /** Kept elsewhere by whoever checks; alone it tells a record that was rewritten whole and signed anew. */
  anchors: readonly Checkpoint[];
  /** Events may be missing: a filtered export proves only that each event in it is as it was written. */
  partial?: boolean;
}

export interface RecordCheck {
  /** Null when everything fits; an unsigned tail is a fault too, the mildest. */
  fault: RecordFault | null;
  /** Events found whole, and the first and last of them. */
  events: number;
  from: number;
  head: ChainHead;
  /** The last event that a checkpoint covers, 0 for none. */
  signedThrough: number;
}

const prunedMark = '{"action":"audit.pruned"';

/**
 * Follows a record in batches and holds it against signed checkpoints and anchors. A record that begins later than
 * event 1 must itself tell of the prune, in an event that is chained like any other.
 */
export class RecordWalk {
  readonly #partial: boolean;
  readonly #marks: { checkpoint: Checkpoint; isAnchor: boolean }[];
  #head: ChainHead | null = null;
  #from = 1;
  /** The hash that the first event names as the one before it. */
  #before = genesis.hash;
  #events = 0;
  #next = 0;
  #signedThrough = 0;
  #prunes: ChainHead[] = [];
  #fault: RecordFault | null = null;

  constructor({ checkpoints, anchors, partial = false }: Evidence) {
    this.#partial = partial;
    this.#marks = [
      ...checkpoints.map((checkpoint) => ({ checkpoint, isAnchor: false })),
      ...anchors.map((checkpoint) => ({ checkpoint, isAnchor: true })),
    ].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  }

  /** `hashes` are those of the preimages, one for each. False once something does not fit: the rest needs no look. */
  add(links: readonly ChainLink[], hashes: readonly string[]): boolean {
    for (const [index, link] of links.entries()) {
      if (this.#fault !== null) return false;
      const head = this.#headBefore(link);
      const broken = linkFault(head, link, hashes[index] ?? '');
      if (broken !== null) {
        this.#fault = { ...broken, sequence: link.sequence };
        return false;
      }
      this.#head = { sequence: link.sequence, hash: link.hash };
      this.#events += 1;
      if (link.content.startsWith(prunedMark)) this.#notePrune(link.content);
      this.#compare();
    }
    return this.#fault === null;
  }

  #headBefore(link: ChainLink): ChainHead {
    if (this.#head !== null && !(this.#partial && link.sequence > this.#head.sequence + 1)) return this.#head;
    if (this.#head === null) {
      this.#from = link.sequence;
      this.#before = link.sequence === 1 ? genesis.hash : link.previousHash;
      if (link.sequence === 1) return genesis;
    }
    return { sequence: link.sequence - 1, hash: link.previousHash };
  }

  #notePrune(content: string): void {
    const event: unknown = JSON.parse(content);
    const details = memberOf(event, 'details');
    this.#prunes.push({ sequence: Number(memberOf(details, 'through')), hash: String(memberOf(details, 'hash')) });
  }

  /** Every checkpoint of exactly this size must name this very event. */
  #compare(): void {
    const head = this.#head ?? genesis;
    for (let mark = this.#marks[this.#next]; mark !== undefined; mark = this.#marks[++this.#next]) {
      const { checkpoint, isAnchor } = mark;
      if (checkpoint.size > head.sequence) return;
      if (checkpoint.size < head.sequence) continue;
      if (checkpoint.head !== head.hash) {
        const what = isAnchor ? 'The anchor' : 'A checkpoint';
        const since = this.#signedThrough + 1;
        const reason = `${what} of ${checkpoint.at} has another event ${checkpoint.size}: one from ${since} to ${checkpoint.size} was rewritten, and all behind it.`;
        this.#fault = { kind: 'rewritten', sequence: since, reason };
        return;
      }
      this.#signedThrough = checkpoint.size;
    }
  }

  /** What was found, once all links were added. */
  end(): RecordCheck {
    const head = this.#head ?? genesis;
    const fault = this.#fault ?? this.#beginning() ?? this.#ending(head);
    return { fault, events: this.#events, from: this.#from, head, signedThrough: this.#signedThrough };
  }

  #beginning(): RecordFault | null {
    if (this.#from === 1 || this.#partial) return null;
    if (this.#prunes.some(({ sequence, hash }) => sequence === this.#from - 1 && hash === this.#before)) return null;
    const reason = `The events before it are not there, and no prune is on record that took them away.`;
    return { kind: 'gap', sequence: this.#from, reason };
  }

  #ending(head: ChainHead): RecordFault | null {
    const last = this.#marks.at(-1)?.checkpoint;
    if (last !== undefined && last.size > head.sequence && !this.#partial) {
      const reason = `A checkpoint of ${last.at} covers ${last.size} events, and the last one here is ${head.sequence}.`;
      return { kind: 'cut', sequence: head.sequence + 1, reason };
    }
    if (this.#signedThrough >= head.sequence || this.#partial) return null;
    const reason = `Events ${this.#signedThrough + 1} to ${head.sequence} are covered by no checkpoint.`;
    return { kind: 'unsigned-tail', sequence: this.#signedThrough + 1, reason };
  }
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
