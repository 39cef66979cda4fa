/*
 * Slack allows about 50 `chat.update` a minute for the whole app and about one `chat.postMessage` a second for each
 * channel. We stay below, and keep a quarter of the updates for what must not wait: approvals and final frames.
 */

export type Urgency = 'middle' | 'must';
type Method = 'update' | 'post';

const updatesPerMinute = 40;
const reservedUpdates = 10;
const postGapMs = 1200;
const minuteMs = 60_000;

/** Counts what was sent; says how long the next one has to wait. All times in milliseconds of one clock. */
export class Budget {
  readonly #updates: number[] = [];
  readonly #lastPost = new Map<string, number>();
  #closedUntilMs = 0;

  /** 0: now. */
  waitMs(method: Method, channel: string, urgency: Urgency, nowMs: number): number {
    const closed = Math.max(0, this.#closedUntilMs - nowMs);
    if (method === 'post') return Math.max(closed, (this.#lastPost.get(channel) ?? -postGapMs) + postGapMs - nowMs);
    this.#forget(nowMs);
    const max = urgency === 'must' ? updatesPerMinute : updatesPerMinute - reservedUpdates;
    if (this.#updates.length < max) return closed;
    const frees = this.#updates[this.#updates.length - max] ?? nowMs;
    return Math.max(closed, frees + minuteMs - nowMs);
  }

  spend(method: Method, channel: string, nowMs: number): void {
    if (method === 'post') this.#lastPost.set(channel, nowMs);
    else this.#updates.push(nowMs);
  }

  /** Slack said 429: nothing goes out for so long. */
  close(forMs: number, nowMs: number): void {
    this.#closedUntilMs = Math.max(this.#closedUntilMs, nowMs + forMs);
  }

  #forget(nowMs: number): void {
    while (this.#updates[0] !== undefined && nowMs - this.#updates[0] >= minuteMs) this.#updates.shift();
  }
}
