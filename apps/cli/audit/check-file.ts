import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type ChainLink, hashesOf } from '#core/audit/chain.ts';
import { checkedCheckpoint, type Checkpoint } from '#core/audit/checkpoint.ts';
import { RecordWalk, type RecordCheck } from '#core/audit/check-record.ts';
import { exportLineOf } from '#core/audit/export-line.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import { parseVerifier, type VerifierKey } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import { whyUnreadable } from '#cli/input/read-file.ts';

export interface FileCheck extends RecordCheck {
  checkpoints: number;
  /** The key that was used, and whether it came from the export itself, which proves nothing by itself. */
  key: string | null;
  keyFromExport: boolean;
  /** The export was filtered: that nothing is missing cannot be seen. */
  partial: boolean;
}

export interface FileCheckOptions {
  /** An export; `-` is the standard input. */
  file: string;
  /** The public key as it was kept; null takes the one in the export. */
  verifier: string | null;
  /** A checkpoint that was kept elsewhere, as a signed note. */
  anchor: string | null;
  /** Take a filtered export for what it is. */
  allowPartial: boolean;
}

const batchLines = 2000;

/** Checks an export line by line, with nothing but the public key. @throws AppError `invalid_input` */
export async function checkFile({ file, verifier, anchor, allowPartial }: FileCheckOptions): Promise<FileCheck> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  const reading = new Reading(verifier, anchor, allowPartial);
  const batch: ChainLink[] = [];
  try {
    for await (const line of lines) {
      if (line === '') continue;
      const read = exportLineOf(line);
      if (read?.kind === 'event') batch.push(read.link);
      else if (read === null) reading.note(notOurs(line));
      else await reading.front(read);
      if (batch.length >= batchLines && !(await reading.add(batch.splice(0)))) break;
    }
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(file, error);
  } finally {
    lines.close();
  }
  await reading.add(batch);
  return await reading.end();
}

const notOurs = (line: string): RecordFault => ({
  kind: 'edited',
  sequence: null,
  reason: `A line is no event: ${line.slice(0, 60)}`,
});

/** An export as far as it was read: the front (key, checkpoints), then the events. */
class Reading {
  readonly #anchor: string | null;
  readonly #allowPartial: boolean;
  #verifierText: string | null;
  readonly #keyFromExport: boolean;
  #partial = false;
  #notes: string[] = [];
  #walk: RecordWalk | null = null;
  #fault: RecordFault | null = null;

  constructor(verifier: string | null, anchor: string | null, allowPartial: boolean) {
    this.#verifierText = verifier;
    this.#keyFromExport = verifier === null;
    this.#anchor = anchor;
    this.#allowPartial = allowPartial;
  }

  async front(line: { kind: 'head'; key: string | null; partial: boolean } | { kind: 'checkpoint'; note: string }) {
    if (line.kind === 'checkpoint') this.#notes.push(line.note);
    else {
      this.#verifierText ??= line.key;
      this.#partial = line.partial;
    }
  }

  note(fault: RecordFault): void {
    this.#fault ??= fault;
  }

  async add(links: readonly ChainLink[]): Promise<boolean> {
    this.#walk ??= await this.#begin();
    return this.#walk.add(links, await hashesOf(links, (text) => hash('sha256', text, 'hex')));
  }

  async #begin(): Promise<RecordWalk> {
    if (this.#partial && !this.#allowPartial) {
      throw new AppError(
        'invalid_input',
        'The export was filtered, so that nobody can see whether events are missing',
        {
          done: 'Nothing was checked.',
          next: 'Check a whole export, or say --partial to check each event by itself.',
        },
      );
    }
    const key = await this.#key();
    const checkpoints = await this.#signed(key);
    const anchors = this.#anchor === null ? [] : [await anchorOf(this.#anchor, key)];
    return new RecordWalk({ checkpoints, anchors, partial: this.#partial });
  }

  async #key(): Promise<VerifierKey | null> {
    if (this.#verifierText === null) return null;
    const key = await parseVerifier(this.#verifierText);
    if (key !== null) return key;
    throw new AppError('invalid_input', `This is no public key: ${this.#verifierText.slice(0, 80)}`, {
      next: 'Give it as `flotilla audit key` prints it: name+id+base64.',
    });
  }

  async #signed(key: VerifierKey | null): Promise<Checkpoint[]> {
    const good: Checkpoint[] = [];
    for (const [index, note] of this.#notes.entries()) {
      const checked = key === null ? noKey : await checkedCheckpoint(note, key);
      if (checked.ok) good.push(checked.checkpoint);
      else this.note({ kind: 'bad-signature', sequence: null, reason: `Checkpoint ${index + 1}: ${checked.reason}` });
    }
    return good;
  }

  async end(): Promise<FileCheck> {
    this.#walk ??= await this.#begin();
    const check = this.#walk.end();
    const hard = check.fault?.kind === 'unsigned-tail' ? null : check.fault;
    return {
      ...check,
      fault: hard ?? this.#fault ?? check.fault,
      checkpoints: this.#notes.length,
      key: this.#verifierText,
      keyFromExport: this.#keyFromExport,
      partial: this.#partial,
    };
  }
}

const noKey = { ok: false, reason: 'There is no key to check it with.' } as const;

async function anchorOf(note: string, key: VerifierKey | null): Promise<Checkpoint> {
  const checked = key === null ? noKey : await checkedCheckpoint(note, key);
  if (checked.ok) return checked.checkpoint;
  throw new AppError('invalid_input', `The anchor is no checkpoint of this record: ${checked.reason}`, {
    done: 'Nothing was checked.',
    next: 'Give a file with one checkpoint as it was pushed or printed, and the key that was kept with it.',
  });
}

const unreadable = (file: string, cause: unknown): AppError =>
  new AppError('invalid_input', `Cannot read ${file}: ${whyUnreadable(cause)}`, {
    done: 'Nothing was checked.',
    next: 'Give the path of an export, as `flotilla audit export --out FILE` writes it.',
    cause,
  });
