import type { Database } from 'better-sqlite3';
import type { Freshness } from './kept.ts';

/** Tells whether tables were written, by us through `writer` or by other processes. */
export function sqliteFreshness(writer: Database): Freshness & { written: (table: string) => void } {
  const counts = new Map<string, number>();
  // Changes with every commit that was not made through this very connection.
  const others = writer.prepare<[], number>('pragma data_version').pluck(true);
  let seen: string | null = null;
  const forget = (): void => {
    seen = null;
  };
  /** Asked once for all that is done in one turn of the event loop: asking takes as long as a small read. */
  function seenNow(): string {
    if (seen === null) {
      seen = String(others.get());
      setImmediate(forget);
    }
    return seen;
  }
  return {
    written: (table) => counts.set(table, (counts.get(table) ?? 0) + 1),
    stampOf(tables) {
      let stamp = seenNow();
      for (const table of tables) stamp += ` ${counts.get(table) ?? 0}`;
      return stamp;
    },
  };
}
