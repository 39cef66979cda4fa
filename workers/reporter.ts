import { setTimeout as pause } from 'node:timers/promises';
import type { Report, ReportBody } from '#core/report.ts';
import type { Spool } from './spool.ts';
import { endedWithout, insteadOf } from './unfit.ts';

/** `Omit` over each member of the union: a report body without its time, which the reporter sets. */
type WithoutTime<T> = T extends { at: string } ? Omit<T, 'at'> : never;
export type ReportInput = WithoutTime<ReportBody>;

/** `refused`: the lease is lost. `unfit`: something in them is never taken, and why. */
export type SendResult = 'sent' | 'away' | 'refused' | { unfit: string };
export type SendReports = (reports: Report[]) => Promise<SendResult>;

const batchMax = 200;
const retryMs = 500;
/** How often who waits for the end looks whether it has come. */
const lookMs = 50;
/** What is reported within this time travels together: a request costs the API more than the reports in it. */
const gatherMs = 100;
/** The same while something is under way that is more urgent than to be told of. */
const gatherMeanwhileMs = 1000;

/**
 * Numbers reports, keeps them on disk, and sends them in order in the background, one batch at a time.
 * While the API is away they wait; when it refuses them (the lease is lost) sending stops for good. One that is unfit is
 * looked for by sending them one by one, and left out.
 */
export class Reporter {
  readonly #spool: Spool;
  readonly #send: SendReports;
  #waiting: Report[];
  #next: number;
  #sending: Promise<void> | null = null;
  #refused = false;
  #retry: NodeJS.Timeout | null = null;
  #isOneByOne = false;
  /** Why one of them was not taken. */
  #unfit: string | null = null;
  #draining = false;
  #gatherMs = gatherMs;
  #gathering: { end: () => void; restart: () => void } | null = null;

  /** `nextSequence` is what the API expects next; what the spool holds from there on is sent first. */
  constructor(options: { spool: Spool; send: SendReports; nextSequence: number }) {
    this.#spool = options.spool;
    this.#send = options.send;
    this.#waiting = options.spool.readFrom(options.nextSequence);
    this.#next = (this.#waiting.at(-1)?.sequence ?? options.nextSequence - 1) + 1;
    this.#wake();
  }

  /** Bodies that an earlier run of this worker left unsent, in order. */
  get unsent(): readonly ReportBody[] {
    return this.#waiting.map((report) => report.body);
  }

  /** @throws AppError `audit_unavailable` when it cannot be kept on disk; it is as if it had not been reported. */
  report(input: ReportInput): void {
    const told: Report = { sequence: this.#next, body: withTime(input) };
    const report = this.#unfit === null ? told : endedWithout(told, this.#unfit);
    this.#spool.append(report);
    this.#next += 1;
    this.#waiting.push(report);
    this.#wake();
  }

  /** Resolves true when everything was taken; false when it was refused or the limit ran out. */
  async drain(limitMs: number): Promise<boolean> {
    const end = performance.now() + limitMs;
    this.#draining = true;
    this.#gathering?.end();
    while (this.#waiting.length > 0 && !this.#refused && performance.now() < end) {
      this.#wake();
      await Promise.race([this.#sending ?? pause(lookMs), pause(lookMs)]);
    }
    return this.#waiting.length === 0;
  }

  /** While `work` is under way, which all that follows waits for, reports leave it the way and gather for longer. */
  async giveWayTo<T>(work: Promise<T>): Promise<T> {
    this.#gatherFor(gatherMeanwhileMs);
    try {
      return await work;
    } finally {
      this.#gatherFor(gatherMs);
    }
  }

  /** Stops sending; what is left stays on disk for the next run. */
  close(): void {
    this.#refused = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  /** An API that was away a moment ago is left alone until its time comes. */
  #wake(): void {
    if (this.#sending !== null || this.#retry !== null || this.#refused || this.#waiting.length === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  #gatherFor(ms: number): void {
    this.#gatherMs = ms;
    this.#gathering?.restart();
  }

  /** Waits for more to come along, unless nothing more will. */
  async #gather(): Promise<void> {
    if (this.#draining) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer = setTimeout(resolve, this.#gatherMs);
    const restart = (): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, this.#gatherMs);
    };
    this.#gathering = { end: resolve, restart };
    await promise;
    clearTimeout(timer);
    this.#gathering = null;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#refused) {
      await this.#gather();
      const batch = this.#waiting.slice(0, this.#isOneByOne ? 1 : batchMax);
      const result = await this.#send(batch);
      if (result === 'sent') this.#waiting.splice(0, batch.length);
      else if (result === 'refused') this.#refused = true;
      else if (result !== 'away') this.#leaveOut(batch, result.unfit);
      else {
        this.#retry = setTimeout(() => {
          this.#retry = null;
          this.#wake();
        }, retryMs);
        return;
      }
    }
  }

  /** Puts on disk what is told instead of the one that is unfit, and of the end; of several it is not known which one is. */
  #leaveOut([first, ...others]: Report[], why: string): void {
    this.#isOneByOne = true;
    if (first === undefined || others.length > 0) return;
    const instead = insteadOf(first, why);
    this.#refused = instead === null;
    if (instead === null) return;
    this.#unfit = why;
    this.#waiting = [instead, ...this.#waiting.slice(1).map((report) => endedWithout(report, why))];
    for (const report of this.#waiting) this.#spool.append(report);
  }
}

const withTime = (input: ReportInput): ReportBody => ({ ...input, at: new Date().toISOString() });
