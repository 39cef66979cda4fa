import type { Message } from '../blocks/text.ts';
import { Budget, type Urgency } from './budget.ts';

/** Something to be shown in a channel: a new message, or another state of one that is there. */
export interface Frame {
  /** One message; a newer frame of the same key takes the place of one that still waits. */
  key: string;
  channel: string;
  /** Null: post it. */
  ts: string | null;
  threadTs: string | null;
  /** Seen by this person alone; such a message cannot be changed afterwards. */
  onlyFor: string | null;
  message: Message;
  urgency: Urgency;
  /** A UUID that is the same when this very message is posted again, as after a crash. */
  postId?: string;
}

/** How Slack took it. `gone`: it will never be taken (no such channel, the app is not in it): not asked again. */
export type Sent =
  /** `isOlder`: what stands there was posted before under the same id, and may show an older state. */
  | { kind: 'sent'; ts: string; channel: string | null; isOlder?: boolean }
  | { kind: 'limited'; retryAfterMs: number }
  | { kind: 'gone'; why: string }
  | { kind: 'failed'; why: string };

/** What came of a frame in the end. `dropped`: Slack did not take it for long; it is rendered anew. */
export type Settled = Extract<Sent, { kind: 'sent' | 'gone' }> | { kind: 'dropped' };

export interface SenderDeps {
  nowMs: () => number;
  /** Resolves after so many milliseconds, or when the sender is closed. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  send: (frame: Frame) => Promise<Sent>;
  /** What came of a frame, stored before the next one goes out. */
  settled: (frame: Frame, settled: Settled) => Promise<void>;
  log: (line: string) => void;
}

const failedAgainMs = 5_000;
const triesMax = 8;

/**
 * Sends frames within Slack's budgets, what must be seen first. Frames that wait are replaced by newer ones of the same
 * message, so that however much happens, the last state arrives.
 */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #budget = new Budget();
  readonly #waiting = new Map<string, Frame & { tries: number; notBeforeMs: number }>();
  readonly #closing = new AbortController();
  #wake: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  offer(frame: Frame): void {
    const before = this.#waiting.get(frame.key);
    const urgency = before?.urgency === 'must' ? 'must' : frame.urgency;
    this.#waiting.set(frame.key, {
      ...frame,
      urgency,
      tries: before?.tries ?? 0,
      notBeforeMs: before?.notBeforeMs ?? 0,
    });
    this.#wake?.abort();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Stops sending; what still waits is rendered anew from the database after a restart. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake?.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#closing.signal.aborted) {
      const { frame, waitMs } = this.#next();
      if (waitMs > 0) {
        this.#wake = new AbortController();
        await this.#deps.pause(waitMs, AbortSignal.any([this.#wake.signal, this.#closing.signal]));
        continue;
      }
      this.#waiting.delete(frame.key);
      await this.#send(frame);
    }
  }

  /** The frame that may go out soonest; among those that may go now, what must be seen first. */
  #next(): { frame: Frame & { tries: number }; waitMs: number } {
    const now = this.#deps.nowMs();
    const ranked = [...this.#waiting.values()]
      .map((frame) => {
        const method = frame.ts === null ? 'post' : 'update';
        const budget = this.#budget.waitMs(method, frame.channel, frame.urgency, now);
        return { frame, waitMs: Math.max(0, budget, frame.notBeforeMs - now) };
      })
      .toSorted(
        (a, b) => a.waitMs - b.waitMs || Number(b.frame.urgency === 'must') - Number(a.frame.urgency === 'must'),
      );
    const [first] = ranked;
    if (first === undefined) throw new Error('nothing waits');
    return first;
  }

  async #send(frame: Frame & { tries: number }): Promise<void> {
    const { nowMs, send, settled, log } = this.#deps;
    this.#budget.spend(frame.ts === null ? 'post' : 'update', frame.channel, nowMs());
    const sent = await send(frame).catch((error: unknown): Sent => ({ kind: 'failed', why: String(error) }));
    if (sent.kind === 'sent' || sent.kind === 'gone') {
      if (sent.kind === 'gone') log(`slack: ${frame.key} in ${frame.channel} is not shown: ${sent.why}`);
      const newer = this.#waiting.get(frame.key);
      if (sent.kind === 'gone') this.#waiting.delete(frame.key);
      else if (newer !== undefined) this.#waiting.set(frame.key, { ...newer, ts: sent.ts });
      return await settled(frame, sent);
    }
    if (sent.kind === 'limited') this.#budget.close(sent.retryAfterMs, nowMs());
    await this.#again(frame, sent);
  }

  /** Middle frames are not asked again after a limit: a newer one comes. What must be seen is, up to a limit. */
  async #again(frame: Frame & { tries: number }, sent: Extract<Sent, { kind: 'limited' | 'failed' }>): Promise<void> {
    const { log, nowMs, settled } = this.#deps;
    const why = sent.kind === 'limited' ? 'rate limit' : sent.why;
    const tries = frame.tries + 1;
    const isPost = frame.ts === null;
    if ((frame.urgency === 'middle' && !isPost && sent.kind === 'limited') || tries >= triesMax) {
      log(`slack: a frame of ${frame.key} is dropped: ${why}`);
      return await settled(frame, { kind: 'dropped' });
    }
    if (this.#waiting.has(frame.key)) return;
    const notBeforeMs = sent.kind === 'failed' ? nowMs() + failedAgainMs * 2 ** (tries - 1) : 0;
    this.#waiting.set(frame.key, { ...frame, tries, notBeforeMs });
  }
}
