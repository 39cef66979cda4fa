/**
 * Wakes readers of this process that wait for an operation to change. A hint, like a doorbell: every reader also looks
 * by itself now and then, because another process may have committed.
 */
export interface Notifier {
  wake: (operations: readonly string[]) => void;
  /** Begin to watch before the first look, so that no change falls between the look and the wait. */
  watch: (operation: string) => Watch;
}

/** Woken, like an operation, whenever a doorbell rings. */
export const anyDoorbell = 'doorbells';

export interface Watch {
  /**
   * Resolves once the operation was woken since the last wait (at once, if it was before this call), after `limitMs`,
   * or when the signal aborts. Never rejects.
   */
  wait: (limitMs: number, signal?: AbortSignal) => Promise<void>;
  close: () => void;
}

export function createNotifier(): Notifier {
  const watchers = new Map<string, Set<() => void>>();
  return {
    wake(operations) {
      for (const operation of operations) for (const wake of watchers.get(operation) ?? []) wake();
    },
    watch(operation) {
      const { wake, wait } = createWatch();
      const all = watchers.get(operation) ?? new Set();
      watchers.set(operation, all.add(wake));
      return {
        wait,
        close() {
          all.delete(wake);
          if (all.size === 0 && watchers.get(operation) === all) watchers.delete(operation);
        },
      };
    },
  };
}

function createWatch(): { wake: () => void; wait: Watch['wait'] } {
  let woken = false;
  let resume: (() => void) | null = null;
  return {
    wake() {
      woken = true;
      resume?.();
    },
    wait(limitMs, signal) {
      return new Promise((resolve) => {
        resume = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          woken = false;
          resume = null;
          resolve();
        };
        const done = (): void => resume?.();
        const timer = setTimeout(done, limitMs);
        signal?.addEventListener('abort', done);
        if (woken || signal?.aborted === true) done();
      });
    },
  };
}
