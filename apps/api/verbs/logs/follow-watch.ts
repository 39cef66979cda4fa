import { AppError } from '#core/errors.ts';
import type { LogRecord } from '#core/logs.ts';
import { authorise } from '../../access.ts';
import type { Taken } from '../../answers.ts';
import { callerNow } from '../../http/auth.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';

/** Why what is followed ends, as it is told. */
export type Stopped = Extract<LogRecord, { type: 'stopped' }>;

/** Of one that is followed a worker gives a sign of life every three seconds. */
const workerSilentMsMax = 30_000;

/** Looks now and then whether what is followed may go on. */
export class FollowWatch {
  readonly #ctx: Context;
  readonly #row: OperationRow;
  readonly #taken: Taken;
  #lookedMs: number;
  #signs = 0;
  #signMs = 0;

  constructor(ctx: Context, row: OperationRow, taken: Taken) {
    this.#ctx = ctx;
    this.#row = row;
    this.#taken = taken;
    this.#lookedMs = ctx.deps.nowMs();
  }

  /** Null while it may. */
  async stopped(): Promise<Stopped | null> {
    const nowMs = this.#ctx.deps.nowMs();
    if (this.#taken.batches() !== this.#signs) {
      this.#signs = this.#taken.batches();
      this.#signMs = nowMs;
    }
    if (this.#signs > 0 && nowMs - this.#signMs > workerSilentMsMax) return workerSilent;
    if (nowMs - this.#lookedMs < this.#ctx.deps.limits.recheckMs) return null;
    this.#lookedMs = nowMs;
    return this.#rightLost();
  }

  async #rightLost(): Promise<Stopped | null> {
    const { deps, caller } = this.#ctx;
    try {
      await authorise({ ...this.#ctx, caller: await callerNow(deps, caller) }, 'logs.read', this.#row.cluster);
      return null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, next } = error;
      return { type: 'stopped', code, message, ...(next === undefined ? {} : { next }) };
    }
  }
}

const workerSilent: Stopped = {
  type: 'stopped',
  code: 'worker_stopped',
  message: 'The worker that followed this has given no sign for half a minute',
  next: 'Follow it again, with `--since` from the last line on.',
};
