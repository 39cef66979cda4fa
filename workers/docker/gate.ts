/**
 * Lets a few through at once, in the order in which they came. One that takes longer than `patienceMs` gives its place
 * away and goes on: a slow one must not hold up the rest.
 */
export class Gate {
  readonly #patienceMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(width: number, patienceMs: number) {
    this.#free = width;
    this.#patienceMs = patienceMs;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn();
    let isInside = true;
    const leave = (): void => {
      if (isInside) this.#handOn();
      isInside = false;
    };
    const timer = setTimeout(leave, this.#patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  #turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** The place goes to who has waited longest; it is free only where nobody waits. */
  #handOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
