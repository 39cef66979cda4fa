import type { Frame } from '../docker/demux.ts';
import { SeenMessages } from './seen-messages.ts';

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
const newline = 10;

interface Open {
  at: string;
  parts: Buffer[];
  bytes: number;
  leftOut: number;
}

/**
 * Makes lines of what an engine sends of one container: over one stream, or over several (`resume`), of which each begins
 * with messages that the one before has brought; these are passed over.
 */
export class LineMaker {
  readonly #onLine: (line: PrintedLine) => void;
  readonly #seen: SeenMessages;
  #frames = { stdout: emptyOpen(), stderr: emptyOpen(), engine: emptyOpen() };
  readonly #open = { stdout: emptyOpen(), stderr: emptyOpen() };
  #faults: string[] = [];

  constructor(onLine: (line: PrintedLine) => void, seen = new SeenMessages()) {
    this.#onLine = onLine;
    this.#seen = seen;
  }

  /** What has come so far. */
  get seen(): SeenMessages {
    return this.#seen;
  }

  /** What the engine said in between. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Another stream begins at `seen.since`. A message that was cut off comes again; a line in parts goes on. */
  resume(): void {
    this.#frames = { stdout: emptyOpen(), stderr: emptyOpen(), engine: emptyOpen() };
    this.#faults = [];
    this.#seen.again();
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
    if (!this.#seen.isNew(stream, at)) return;
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
    this.#onLine({ at: open.at, stream, text, leftOut: open.leftOut });
  }
}

const emptyOpen = (): Open => ({ at: '', parts: [], bytes: 0, leftOut: 0 });

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
