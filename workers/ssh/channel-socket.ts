import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A channel as a stream that behaves: ssh2's own `destroy` neither marks it destroyed nor says `close`, a write after
 * the far end closed never calls back, and a lost connection looks like a clean end. `destroy(error)` is for the last.
 */
export class ChannelSocket extends Duplex {
  readonly #channel: ClientChannel;
  readonly #faultWhenEmpty: (() => Error | null) | undefined;
  #received = false;
  #ended = false;

  /** `faultWhenEmpty` is asked when the channel closes without a byte received, and may call that an error. */
  constructor(channel: ClientChannel, faultWhenEmpty?: () => Error | null) {
    // Destroying closes the channel; a command's exit status comes after both directions have ended.
    super({ allowHalfOpen: true, autoDestroy: false });
    // It may be lost before anybody can listen; `errored` tells those who come later.
    this.on('error', () => undefined);
    this.#channel = channel;
    this.#faultWhenEmpty = faultWhenEmpty;
    channel.on('data', (chunk: Buffer) => {
      this.#received = true;
      if (!this.#ended && !this.destroyed && !this.push(chunk)) channel.pause();
    });
    channel.on('end', () => {
      // The exit status, which says why, comes between the end and the close.
      if (this.#received || this.#faultWhenEmpty === undefined) this.#end();
    });
    channel.on('close', () => {
      const fault = this.#received || this.destroyed ? null : this.#faultWhenEmpty?.();
      if (fault) {
        this.destroy(fault);
        return;
      }
      this.#end();
      // What was received is still to be read.
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // What the far end does not read any more is dropped: who waits for an answer to it reads the end.
    if (this.#channel.writable) this.#channel.write(chunk, encoding, callback);
    else callback();
  }

  override _final(callback: () => void): void {
    this.#channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#channel.close();
    // Unread data would keep the channel from ever saying that it is closed.
    this.#channel.resume();
    this.#channel.stderr.resume();
    callback(error);
  }

  #end(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }
}
