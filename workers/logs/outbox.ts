import { followBytesMax } from '#core/log-limits.ts';
import type { HandedOver, LogBatch, LogRecord } from '#core/logs.ts';
import { rest } from '#core/rest.ts';
import { batchesOf, bytesOf } from './batches.ts';

type Send = (batch: LogBatch) => Promise<HandedOver>;

interface Times {
  /** Lines of several containers that come so close to each other are put in the order of their times. */
  gatherMs: number;
  /** At least so often something is sent, were it nothing: each side sees that the other one is there. */
  lifeSignMs: number;
  /** How long who reads slowly is given before he is looked at again. */
  slowMs: number;
}

/** What was read and waits to be handed over. Who fills it waits for room, and with him the engines. */
export class Outbox {
  readonly #times: Times;
  #records: LogRecord[] = [];
  #bytes = 0;
  #sequence = 0;
  #filled = Promise.withResolvers<void>();
  #emptied = Promise.withResolvers<void>();

  constructor(times: Times = { gatherMs: 100, lifeSignMs: 3000, slowMs: 300 }) {
    this.#times = times;
  }

  add(record: LogRecord): void {
    this.#records.push(record);
    this.#bytes += bytesOf(record);
    this.#filled.resolve();
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#bytes > followBytesMax) await this.#emptied.promise;
  }

  /** Hands over what comes, until nobody takes it any more (true) or the signal aborts (false). */
  async run(send: Send, signal: AbortSignal): Promise<boolean> {
    const { gatherMs, lifeSignMs, slowMs } = this.#times;
    let waitingBytes = 0;
    while (!signal.aborted) {
      const isSlow = waitingBytes > followBytesMax;
      if (isSlow) await rest(slowMs, signal);
      else if (await this.#something(lifeSignMs, signal)) await rest(gatherMs, signal);
      for (const batch of isSlow ? [nothing] : batchesOf(inOrder(this.#take()))) {
        this.#sequence += 1;
        const handed = await send({ ...batch, isLast: false, sequence: this.#sequence });
        if (!handed.isTaken) return true;
        ({ waitingBytes } = handed);
      }
    }
    return false;
  }

  #take(): LogRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    this.#filled = Promise.withResolvers();
    this.#emptied.resolve();
    this.#emptied = Promise.withResolvers();
    return records;
  }

  /** Whether there is something, for which it waits so long. */
  async #something(limitMs: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const limit = rest(limitMs, AbortSignal.any([signal, over.signal]));
    await Promise.race([this.#filled.promise, limit]);
    over.abort();
    return this.#records.length > 0;
  }
}

const nothing: LogBatch = { records: [], isLast: false };

/** Lines by the clocks of their hosts, then what is told of them; those of one container keep their order. */
export function inOrder(records: readonly LogRecord[]): LogRecord[] {
  const lines = records.filter((one) => one.type === 'line');
  const rest = records.filter((one) => one.type !== 'line');
  return [...lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)), ...rest];
}
