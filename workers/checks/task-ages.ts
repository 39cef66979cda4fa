import type { Task } from '../docker/tasks.ts';

/** So long a task has to run before it is believed to; Docker's own command line waits as long. */
const steadyMs = 5000;

/** How long tasks have run, by their own word or as they were seen: a host whose clock is ahead keeps nobody waiting. */
export class TaskAges {
  readonly #seenAt = new Map<string, number>();
  readonly #clock: { wallMs: () => number; monotonicMs: () => number };

  constructor(clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }) {
    this.#clock = clock;
  }

  /** Of one that runs now. */
  isYoung({ ID, Status: { Timestamp } }: Pick<Task, 'ID' | 'Status'>): boolean {
    const now = this.#clock.monotonicMs();
    const seenAt = this.#seenAt.get(ID) ?? now;
    this.#seenAt.set(ID, seenAt);
    const saidMs = Timestamp ? this.#clock.wallMs() - Date.parse(Timestamp) : Infinity;
    return saidMs < steadyMs && now - seenAt < steadyMs;
  }
}
