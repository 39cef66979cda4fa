import type { Frame } from '../docker/demux.ts';
import { LineMaker, type PrintedLine } from './line-maker.ts';
import type { SeenMessages } from './seen-messages.ts';

/** What a line costs beside its text. */
const lineOverhead = 64;

/** The newest lines that a container has printed, up to so many bytes: what is older gives way. */
export class Printed {
  readonly #bytesMax: number;
  readonly #maker = new LineMaker((line) => this.#keep(line));
  #lines: PrintedLine[] = [];
  #first = 0;
  #bytes = 0;
  #isCut = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Lines oldest first. */
  get lines(): readonly PrintedLine[] {
    return this.#lines.slice(this.#first);
  }

  /** Whether older lines were dropped, or never asked for because they would have been. */
  get isCut(): boolean {
    return this.#first > 0 || this.#isCut;
  }

  asCut(): this {
    this.#isCut = true;
    return this;
  }

  /** What the engine said in between. */
  get faults(): readonly string[] {
    return this.#maker.faults;
  }

  /** What has come, for who reads on. */
  get seen(): SeenMessages {
    return this.#maker.seen;
  }

  /** A piece of a multiplexed stream with timestamps. */
  add(frame: Frame): void {
    this.#maker.add(frame);
  }

  /** A piece of what a program with a terminal printed, which comes without frames. */
  addRaw(chunk: Buffer): void {
    this.#maker.addRaw(chunk);
  }

  /** Nothing more comes: what did not end with a line break is a line as well. */
  end(): void {
    this.#maker.end();
  }

  #keep(line: PrintedLine): void {
    this.#lines.push(line);
    this.#bytes += costOf(line.text);
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#bytes > this.#bytesMax && this.#first < this.#lines.length - 1) {
      this.#bytes -= costOf(this.#lines[this.#first]?.text ?? '');
      this.#first += 1;
    }
    // What gave way is let go of now and then, and that there was some is not forgotten.
    if (this.#first < 1000) return;
    this.#lines = this.#lines.slice(this.#first - 1);
    this.#first = 1;
  }
}

const costOf = (text: string): number => Buffer.byteLength(text) + lineOverhead;
