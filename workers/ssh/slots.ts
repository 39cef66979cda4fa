/** Places that are taken and given back, first come first served. */
export class Slots {
  #limit: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Waits for a place. The answer gives it back; a second call does nothing. Rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#taken >= this.#limit) await this.#turn(signal);
    else this.#taken += 1;
    let returned = false;
    return () => {
      if (returned) return;
      returned = true;
      this.#taken -= 1;
      this.#admit();
    };
  }

  /** Learns that the other side allows fewer. */
  lowerTo(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit));
  }

  #admit(): void {
    while (this.#taken < this.#limit && this.#waiting.length > 0) {
      this.#taken += 1;
      this.#waiting.shift()?.();
    }
  }

  #turn(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const admitted = (): void => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    };
    const aborted = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(admitted), 1);
      reject(signal?.reason);
    };
    this.#waiting.push(admitted);
    signal?.addEventListener('abort', aborted, { once: true });
    return promise;
  }
}
