/**
 * Lets a few through at once, in the order in which they came. Who has waited for `patienceMs` goes all the same:
 * a slow one must not hold up the rest.
 */
export class Gate {
  readonly #width: number;
  readonly #patienceMs: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(width: number, patienceMs: number) {
    this.#width = width;
    this.#patienceMs = patienceMs;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#width) await this.#turn();
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      const [next] = this.#waiting;
      if (this.#inside < this.#width) next?.();
    }
  }

  #turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(go);
      resolve();
    };
    const timer = setTimeout(go, this.#patienceMs);
    this.#waiting.add(go);
    return promise;
  }
}
