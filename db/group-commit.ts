import { AppError } from '#core/errors.ts';

/** Commits that may wait at one time; more are refused, so that a slow disk does not eat the memory. */
const waitingMax = 10_000;
/** Commits in one transaction. */
const groupMax = 256;

export interface GroupCommit<Item, Result> {
  /** Resolves when the transaction of the item is durable. */
  add(item: Item): Promise<Result>;
  /** Waits for what was added, and refuses what comes later. */
  close(): Promise<void>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Items that come in one turn of the event loop share one call of `run`, which gives a result for each, in order. */
export function groupCommit<Item, Result>(run: (items: Item[]) => Result[]): GroupCommit<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let closed: Promise<void> | null = null;
  let onEmpty: (() => void) | null = null;

  function flush(): void {
    const group = waiting.slice(0, groupMax);
    waiting = waiting.slice(groupMax);
    if (waiting.length > 0) setImmediate(flush);
    settle(group, run);
    if (waiting.length === 0) onEmpty?.();
  }

  return {
    add(item) {
      if (closed !== null) return Promise.reject(refused('The database was closed.', 'Start Flotilla again.'));
      if (waiting.length >= waitingMax) {
        return Promise.reject(refused(`${waitingMax} writes wait for the disk already.`, 'Try again in a moment.'));
      }
      return new Promise((resolve, reject) => {
        if (waiting.push({ item, resolve, reject }) === 1) setImmediate(flush);
      });
    },
    close() {
      closed ??= new Promise((resolve) => {
        if (waiting.length === 0) resolve();
        else onEmpty = resolve;
      });
      return closed;
    },
  };
}

function settle<Item, Result>(group: Waiting<Item, Result>[], run: (items: Item[]) => Result[]): void {
  try {
    const results = run(group.map(({ item }) => item));
    for (const [index, result] of results.entries()) group[index]?.resolve(result);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

const refused = (message: string, next: string): AppError =>
  new AppError('audit_unavailable', message, { done: 'Nothing of it was written.', next });
