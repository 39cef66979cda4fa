import type { Store } from '#db/store.ts';

/** One fresh, migrated database with a store on it. */
export interface World {
  store: Store;
  /** Runs SQL past the store, as somebody does who tampers. Rejects with what SQLite says. */
  tamper(sql: string): Promise<void>;
  /** Closes the store and opens the same database again. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

export type OpenWorld = () => Promise<World>;
