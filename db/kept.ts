import { getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { frozen } from '#core/frozen.ts';
import type { Reader } from './reader.ts';

/*
 * What every request asks and hardly ever changes (who somebody is, the policy, a cluster and its revisions) is read
 * once and kept until one of its tables is written. The store tells when that was: for its own commits by the tables that
 * they change, for those of other processes by SQLite's own number. So what is kept is never older than what a read at the
 * beginning of this turn of the event loop would have given. A driver that cannot tell (D1) keeps nothing.
 */

/** Tells whether tables were written since; see `keptFor`. */
export interface Freshness {
  /** Something that equals an earlier one as long as nobody has written to any of the tables. */
  stampOf: (tables: readonly string[]) => string;
}

const freshness = new WeakMap<Reader, Freshness>();

/** Lets answers be kept for this reader. */
export function keptFor(read: Reader, by: Freshness): void {
  freshness.set(read, by);
}

interface Kept<Result> {
  stamp: string;
  result: Result;
}

/** Answers of one question that are kept for one reader. */
const keptMax = 200;

type Answers<Result> = WeakMap<Reader, Map<string, Kept<Result>>>;

/** Keeps an answer in the place of all others where there are too many. */
function keep<Result>(all: Answers<Result>, read: Reader, key: string, answer: Kept<Result>): void {
  const answers = all.get(read) ?? new Map<string, Kept<Result>>();
  all.set(read, answers);
  if (answers.size >= keptMax) answers.clear();
  answers.set(key, answer);
}

/**
 * A read whose answer is kept while its tables stay as they are, by its arguments (plain JSON). Everybody is given the
 * same answer: it is frozen.
 */
export function kept<Args extends readonly unknown[], Result>(
  tables: readonly SQLiteTable[],
  load: (read: Reader, ...args: Args) => Promise<Result>,
): (read: Reader, ...args: Args) => Promise<Result> {
  const names = tables.map((table) => getTableName(table));
  const all: Answers<Result> = new WeakMap();
  return async (read, ...args) => {
    const by = freshness.get(read);
    if (by === undefined) return await load(read, ...args);
    // Taken before the read: a commit that comes in between makes it old, not wrong.
    const stamp = by.stampOf(names);
    const key = JSON.stringify(args);
    const known = all.get(read)?.get(key);
    if (known?.stamp === stamp) return known.result;
    const result = frozen(await load(read, ...args));
    keep(all, read, key, { stamp, result });
    return result;
  };
}

/** What is kept for good; see `keptForGood`. */
interface KeptForGood<Result> {
  get: (read: Reader, key: string) => Result | undefined;
  /** Gives what it was given: frozen, where it is kept. */
  put: (read: Reader, key: string, result: Result) => Result;
}

/**
 * For what no commit ever changes once it is written, such as the spec of a revision: it is kept whatever is written here,
 * and forgotten when another process has written, as that may have brought another database. D1 keeps nothing.
 */
export function keptForGood<Result>(): KeptForGood<Result> {
  const all: Answers<Result> = new WeakMap();
  const stampOf = (read: Reader): string | undefined => freshness.get(read)?.stampOf([]);
  return {
    get(read, key) {
      const known = all.get(read)?.get(key);
      return known !== undefined && known.stamp === stampOf(read) ? known.result : undefined;
    },
    put(read, key, result) {
      const stamp = stampOf(read);
      if (stamp !== undefined) keep(all, read, key, { stamp, result: frozen(result) });
      return result;
    },
  };
}
