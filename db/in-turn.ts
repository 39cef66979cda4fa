import { AppError } from '#core/errors.ts';

/** Tasks that may wait at one time. */
const waitingMax = 10_000;

export interface InTurn {
  /** Runs a task when those before it have ended, however they ended. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Waits for the tasks that were added, and refuses later ones. */
  close(): Promise<void>;
}

/** One task at a time, in the order in which they came. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;
  return {
    run<T>(task: () => Promise<T>): Promise<T> {
      if (closed || waiting >= waitingMax) return Promise.reject(tooLate(closed));
      waiting++;
      const result = last.then(task).finally(() => waiting--);
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await last;
    },
  };
}

const tooLate = (closed: boolean): AppError =>
  new AppError(
    'audit_unavailable',
    closed ? 'The database was closed.' : `${waitingMax} writes wait for the database already.`,
    { done: 'Nothing of it was written.', next: closed ? 'Start Flotilla again.' : 'Try again in a moment.' },
  );
