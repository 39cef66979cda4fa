import type { Frame } from './demux.ts';

const defaultBytesMax = 4 * 1024 * 1024;

/** Collects output, each stream up to a limit; what is over it is dropped and said. */
export class Output {
  readonly #bytesMax: number;
  readonly #chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #bytes = { stdout: 0, stderr: 0 };
  #truncated = false;

  constructor(bytesMax: number = defaultBytesMax) {
    this.#bytesMax = bytesMax;
  }

  add({ from, data }: Pick<Frame, 'from' | 'data'>): void {
    const stream = from === 'stderr' || from === 'engine' ? 'stderr' : 'stdout';
    const room = this.#bytesMax - this.#bytes[stream];
    if (data.length > room) this.#truncated = true;
    if (room <= 0) return;
    const kept = data.subarray(0, room);
    this.#bytes[stream] += kept.length;
    this.#chunks[stream].push(kept);
  }

  text(): { stdout: string; stderr: string; truncated: boolean } {
    return {
      stdout: Buffer.concat(this.#chunks.stdout).toString('utf8'),
      stderr: Buffer.concat(this.#chunks.stderr).toString('utf8'),
      truncated: this.#truncated,
    };
  }
}
