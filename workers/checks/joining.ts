import { AppError } from '#core/errors.ts';
import type { CallOptions } from '../docker/engine.ts';

/** Joining an overlay takes a second; an engine that hears of no manager tries for 20 s, which is not waited for. */
const leastMs = 8000;
/** However many join at once. */
const limitMs = 60_000;

/**
 * Probers that join networks at the same time. The more there are, the longer each of them takes, so none is given up
 * while others still get there: only when nobody has joined for 8 s, or as long as the verification is patient.
 */
export class Joining {
  readonly #patienceMs: number;
  readonly #clocks = new Set<() => void>();

  constructor(settleMs: number) {
    this.#patienceMs = Math.max(leastMs, settleMs);
  }

  /** @throws AppError of `join`, or engine_unreachable when it was given up */
  async wait(host: string, join: (options: CallOptions) => Promise<unknown>): Promise<void> {
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const restart = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), this.#patienceMs);
    };
    this.#clocks.add(restart);
    restart();
    try {
      await join({ signal: stop.signal, timeoutMs: limitMs });
      for (const restartOther of this.#clocks) restartOther();
    } catch (error) {
      throw stop.signal.aborted ? givenUp(host, this.#patienceMs) : error;
    } finally {
      clearTimeout(timer);
      this.#clocks.delete(restart);
    }
  }
}

const givenUp = (host: string, patienceMs: number): AppError =>
  new AppError(
    'engine_unreachable',
    `The engine on ${host} did not let a probe join its networks within ${patienceMs / 1000} s.`,
    {
      host,
      done: 'The probe is removed; nothing else was changed.',
      next: `Look at the engine's log on ${host} (journalctl -u docker): it may not reach a manager.`,
    },
  );
