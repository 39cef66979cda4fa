import { AppError } from '#core/errors.ts';

/** The end of a call: a time limit and the caller's own signal, and which of the two it was. */
export class Deadline {
  readonly call: string;
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #host: string;
  #timedOut = false;

  constructor(host: string, call: string, timeoutMs: number, outer?: AbortSignal) {
    this.call = call;
    this.timeoutMs = timeoutMs;
    this.#host = host;
    this.#outer = outer;
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort(new Error('time limit'));
    }, timeoutMs);
    outer?.addEventListener('abort', this.#abort, { once: true });
    if (outer?.aborted === true) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** Whether the caller gave up (and not the clock). */
  get cancelled(): boolean {
    return !this.#timedOut && this.#controller.signal.aborted;
  }

  cancelledError(done: string): AppError {
    return new AppError('cancelled', `${this.call} on ${this.#host} was cancelled.`, { host: this.#host, done });
  }

  /** To be called when the call is over, however it ended. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#controller.abort(this.#outer?.reason);
}
