/** So long something has to run before it is believed to; Docker's own command line waits as long for tasks. */
export const steadyMs = 5000;

/** How long tasks and containers have run, by their own word or as they were seen: a clock that is ahead keeps nobody waiting. */
export class Ages {
  readonly #seenAt = new Map<string, number>();
  readonly #clock: { wallMs: () => number; monotonicMs: () => number };

  constructor(clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }) {
    this.#clock = clock;
  }

  /** Of one that runs now, since a time that its host tells. */
  isYoung(id: string, since: string | null | undefined): boolean {
    const now = this.#clock.monotonicMs();
    const key = `${id} ${since ?? ''}`;
    const seenAt = this.#seenAt.get(key) ?? now;
    this.#seenAt.set(key, seenAt);
    const saidMs = since ? this.#clock.wallMs() - Date.parse(since) : Infinity;
    return saidMs < steadyMs && now - seenAt < steadyMs;
  }
}
