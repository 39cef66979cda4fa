import type { Lease } from '#core/worker-wire.ts';

export type RenewResult = { kind: 'renewed'; cancelRequested: boolean } | { kind: 'away' } | { kind: 'lost' };

/** Why a run has to stop between two steps. */
export type StopReason = 'cancelled' | 'lease-lost' | 'api-away' | 'shutdown';

/** While the API is away, the holder of a lease may go on for this long by its own clock (DESIGN §3). */
export const awayMaxMs = 120_000;

/** A person who cancels should not wait for the next third of a lease until the worker has heard of it. */
const renewEveryMsMax = 2000;

/**
 * Keeps a lease: renews it well before its end, and says when the run must stop.
 * The clock is monotonic, so a jump of the wall clock neither prolongs nor ends a lease.
 */
export class LeaseKeeper {
  readonly #renew: () => Promise<RenewResult>;
  readonly #onCancel: () => void;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #renewedAt: number;
  #stop: StopReason | null = null;

  /** `onCancel` is called once, when a cancellation is heard of during the run. */
  constructor(options: {
    lease: Lease;
    renew: () => Promise<RenewResult>;
    onCancel?: () => void;
    now?: () => number;
    renewEveryMs?: number;
  }) {
    this.#renew = options.renew;
    this.#onCancel = options.onCancel ?? (() => undefined);
    this.#now = options.now ?? (() => performance.now());
    this.#renewedAt = this.#now();
    if (options.lease.operation.cancelRequested) this.#stop = 'cancelled';
    const everyMs = Math.min(options.renewEveryMs ?? renewEveryMsMax, options.lease.leaseMs / 3);
    this.#timer = setInterval(() => void this.tick(), everyMs);
    this.#timer.unref();
  }

  /**
   * The reason to stop before the next step, or null to go on. How long the API has been away is looked at when it is
   * asked: between two renewals, or while the machine slept, the time may have run out.
   */
  get stopReason(): StopReason | null {
    return this.#stop ?? (this.#now() - this.#renewedAt > awayMaxMs ? 'api-away' : null);
  }

  /** Told by other answers of the API (reports) as well as by renewals. */
  noteCancelRequested(): void {
    if (this.#stop !== null) return;
    this.#stop = 'cancelled';
    this.#onCancel();
  }

  noteLost(): void {
    this.#stop = 'lease-lost';
  }

  shutDown(): void {
    this.#stop ??= 'shutdown';
  }

  /** One renewal; public so that tests can drive it without waiting. */
  async tick(): Promise<void> {
    const result = await this.#renew();
    if (result.kind === 'renewed') {
      this.#renewedAt = this.#now();
      if (result.cancelRequested) this.noteCancelRequested();
    } else if (result.kind === 'lost') this.noteLost();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
