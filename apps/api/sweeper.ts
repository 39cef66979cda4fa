import { reasonOf } from '#core/log.ts';
import type { Doorbell } from '#db/store.ts';
import { keepDeadlines } from './deadlines.ts';
import type { Deps } from './deps.ts';
import { forgetOldEvents } from './forget-events.ts';
import { dueOperations } from './verbs/operations/due.ts';
import { startDueVerifications } from './verbs/schedules/start-due.ts';
import { forgetOldWebhooks } from './webhooks/forget-old.ts';

/**
 * Starts verifications that are due (start-due.ts), and rings again for what is committed and not running: rings are
 * lost when Redis is away, flushed, or the process dies between commit and ring. A ring with the number of the one before is dropped by BullMQ while that job still waits,
 * so sweeping piles nothing up; now and then a new number gets past a job that is stuck in a dead worker.
 */
export interface Sweeper {
  sweep: () => Promise<void>;
  /** Waits for a sweep that is under way. */
  close: () => Promise<void>;
}

type Needs = Pick<Deps, 'store' | 'dispatch' | 'nowMs' | 'log'>;

export function startSweeper(deps: Deps, everyMs: number): Sweeper {
  const sweeps = new Map<string, number>();
  let current = Promise.resolve();
  let isFirst = true;
  const sweep = (): Promise<void> => {
    current = current.then(async () => {
      try {
        await keepTime(deps);
        await ringDue(deps, sweeps, isFirst);
        isFirst = false;
      } catch (error) {
        deps.log(`sweep: ${reasonOf(error)}`);
      }
    });
    return current;
  };
  const timer = setInterval(() => void sweep(), everyMs);
  return {
    sweep,
    close() {
      clearInterval(timer);
      return current;
    },
  };
}

/** What is due by time alone. Knows no runtime: the sweeper calls it on Node, the scheduled handler in workerd. */
export async function keepTime(deps: Deps): Promise<void> {
  await keepDeadlines(deps);
  await startDueVerifications(deps);
  await forgetOldWebhooks(deps);
  await forgetOldEvents(deps);
}

async function ringDue(deps: Needs, sweeps: Map<string, number>, isFirst: boolean): Promise<void> {
  const { store, dispatch } = deps;
  // After a start also for what a worker holds: it may have gone down with this process, and be back with it.
  const due = await dueOperations(store.read, isFirst ? Number.POSITIVE_INFINITY : deps.nowMs());
  for (const id of sweeps.keys()) if (!due.some((one) => one.id === id)) sweeps.delete(id);
  const again: Doorbell[] = [];
  const anew: string[] = [];
  for (const { id, state, dispatchNumber } of due) {
    const before = sweeps.get(id) ?? 0;
    sweeps.set(id, before + 1);
    if (needsNewNumber(before, state === 'running')) anew.push(id);
    else again.push({ operation: id, number: dispatchNumber });
  }
  const { doorbells } =
    anew.length === 0 ? { doorbells: [] } : await store.commit({ changes: [], events: [], dispatch: anew });
  dispatch.ring([...again, ...doorbells]);
}

/** At sweep 8, 16, 32, …; and at once for an operation whose worker is gone, whose job may be stuck with it. */
function needsNewNumber(before: number, wasRunning: boolean): boolean {
  if (before === 0) return wasRunning;
  return before >= 8 && Number.isInteger(Math.log2(before));
}
