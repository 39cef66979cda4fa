import type { Doorbell } from '#db/store.ts';

/**
 * The bell at the workers' door. A ring says "look at this operation" and is never the truth: it may be lost, repeated
 * or late, and the sweeper rings again for what is committed and not running.
 */
export interface Dispatch {
  /** Returns at once, never throws, never waits for Redis. */
  ring: (bells: readonly Doorbell[]) => void;
  /** How many rings were lost since the start, for health and metrics. */
  readonly failures: number;
  /** Why rings do not get through now, or may get lost; null when nothing is amiss. */
  readonly away: string | null;
  /** Rings that lie in Redis, by state; null where there is none, or it does not answer. */
  depth: () => Promise<Readonly<Record<string, number>> | null>;
  close: () => Promise<void>;
}

/** A bell that calls a function in this process: for tests and for a worker that lives beside the API. */
export function localDispatch(onRing: (bell: Doorbell) => void): Dispatch {
  let failures = 0;
  return {
    ring(bells) {
      for (const bell of bells) {
        try {
          onRing(bell);
        } catch {
          failures += 1;
        }
      }
    },
    get failures() {
      return failures;
    },
    away: null,
    depth: () => Promise.resolve(null),
    close: async () => {},
  };
}
