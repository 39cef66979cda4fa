/** A piece of output of a container or an exec without a terminal. */
export interface Frame {
  /** `engine` is what the engine itself says in between, such as that it cannot go on reading. */
  from: 'stdin' | 'stdout' | 'stderr' | 'engine';
  data: Buffer;
  /** The last piece of its frame; an engine sends a line of a log, or 16 KiB of a longer one, as one frame. */
  isLast: boolean;
}

const headerBytes = 8;
const sources = ['stdin', 'stdout', 'stderr', 'engine'] as const;

/**
 * Takes apart a multiplexed stream (`application/vnd.docker.raw-stream` or `multiplexed-stream`, Tty false): each frame
 * is `[source, 0, 0, 0, length of 4 bytes, big-endian]` and then the data. Data is handed on as it comes, so a long
 * frame gives several pieces. Throws when the stream is not of that form, or ends in the middle of a frame.
 */
export async function* demux(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const demuxer = new Demuxer();
  for await (const chunk of source) yield* demuxer.push(chunk);
  demuxer.end();
}

/** The same, fed by hand. */
export class Demuxer {
  #header = Buffer.alloc(0);
  #from: Frame['from'] = 'stdout';
  #left = 0;

  /** The pieces of output in a chunk of the stream. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (this.#left === 0) {
        rest = this.#takeHeader(rest);
        continue;
      }
      const data = rest.subarray(0, this.#left);
      this.#left -= data.length;
      rest = rest.subarray(data.length);
      frames.push({ from: this.#from, data, isLast: this.#left === 0 });
    }
    return frames;
  }

  /** To be called when the stream is over. */
  end(): void {
    if (this.#left > 0 || this.#header.length > 0)
      throw new Error('the multiplexed stream ended in the middle of a frame');
  }

  #takeHeader(bytes: Buffer): Buffer {
    const missing = headerBytes - this.#header.length;
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, missing)]);
    if (this.#header.length < headerBytes) return bytes.subarray(missing);
    const from = sources[this.#header.readUInt8(0)];
    if (from === undefined || this.#header.readUIntBE(1, 3) !== 0) throw new Error('this is not a multiplexed stream');
    this.#from = from;
    this.#left = this.#header.readUInt32BE(4);
    this.#header = Buffer.alloc(0);
    return bytes.subarray(missing);
  }
}
