import type { Frame } from '../docker/demux.ts';

/** A line as it was printed, with what its engine says of it. */
export interface PrintedLine {
  at: string;
  stream: 'stdout' | 'stderr';
  text: string;
  /** Bytes of it that were not kept. */
  leftOut: number;
}

/** What is kept of one line. */
const lineBytesMax = 64 * 1024;
/** What a line costs beside its text. */
const lineOverhead = 64;
const newline = 10;

interface Open {
  at: string;
  parts: Buffer[];
  bytes: number;
  leftOut: number;
}

/** The newest lines that a container has printed, up to so many bytes: what is older gives way. */
export class Printed {
  readonly #bytesMax: number;
  #lines: PrintedLine[] = [];
  #first = 0;
  #bytes = 0;
  #isCut = false;
  readonly #frames = { stdout: emptyOpen(), stderr: emptyOpen(), engine: emptyOpen() };
  readonly #open = { stdout: emptyOpen(), stderr: emptyOpen() };
  readonly #faults: string[] = [];

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
    return this.#faults;
  }

  /** A piece of a multiplexed stream with timestamps. */
  add({ from, data, isLast }: Frame): void {
    if (from === 'stdin') return;
    const frame = this.#frames[from];
    keep(frame, data);
    if (!isLast) return;
    this.#frames[from] = emptyOpen();
    const message = Buffer.concat(frame.parts);
    if (from === 'engine') this.#faults.push(message.toString('utf8').trim());
    else this.#message(from, message, frame.leftOut);
  }

  /** A piece of what a program with a terminal printed, which comes without frames. */
  addRaw(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      const frame = this.#frames.stdout;
      keep(frame, rest.subarray(0, end + 1));
      this.#frames.stdout = emptyOpen();
      this.#message('stdout', Buffer.concat([...frame.parts, Buffer.from('\n')]), frame.leftOut);
      rest = rest.subarray(end + 1);
    }
    keep(this.#frames.stdout, rest);
  }

  /** Nothing more comes: what did not end with a line break is a line as well. */
  end(): void {
    const { stdout: frame } = this.#frames;
    this.#frames.stdout = emptyOpen();
    if (frame.bytes > 0) this.#message('stdout', Buffer.concat(frame.parts), frame.leftOut);
    for (const stream of ['stdout', 'stderr'] as const) this.#close(stream);
  }

  /** One message of the engine: a line, or 16 KiB of a longer one, each with its time in front. */
  #message(stream: 'stdout' | 'stderr', message: Buffer, leftOut: number): void {
    const { at, text } = timed(message);
    const open = this.#open[stream];
    if (open.at === '') open.at = at;
    const isWhole = text.at(-1) === newline || leftOut > 0;
    keep(open, text);
    open.leftOut += leftOut;
    if (isWhole) this.#close(stream);
  }

  #close(stream: 'stdout' | 'stderr'): void {
    const open = this.#open[stream];
    if (open.parts.length === 0) return;
    this.#open[stream] = emptyOpen();
    const text = Buffer.concat(open.parts)
      .toString('utf8')
      .replace(/\r?\n+$/, '');
    this.#lines.push({ at: open.at, stream, text, leftOut: open.leftOut });
    this.#bytes += costOf(text);
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

const emptyOpen = (): Open => ({ at: '', parts: [], bytes: 0, leftOut: 0 });

const costOf = (text: string): number => Buffer.byteLength(text) + lineOverhead;

/** A copy: a piece of a chunk would hold on to the whole of it. */
function keep(open: Open, data: Buffer): void {
  const kept = data.subarray(0, Math.max(0, lineBytesMax - open.bytes));
  if (kept.length > 0) open.parts.push(Buffer.from(kept));
  open.bytes += kept.length;
  open.leftOut += data.length - kept.length;
}

const stamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function timed(message: Buffer): { at: string; text: Buffer } {
  const end = message.indexOf(32);
  const at = end === -1 || end > 40 ? '' : message.toString('latin1', 0, end);
  return stamp.test(at) ? { at, text: message.subarray(end + 1) } : { at: '', text: message };
}
