import { d1Query } from './d1-port.ts';
import { type D1Options, d1Writer } from './d1-writer.ts';
import { storeOver } from './store-over.ts';
import type { Store } from './store.ts';

/**
 * The store on D1, which `wrangler d1 migrations apply` has migrated. Several stores may write to one database; where
 * many do, give them one writer: a Durable Object around `d1Writer`, and `storeOver` with a `write` that asks it.
 */
export const d1Store = (options: D1Options): Store =>
  storeOver({ query: d1Query(options.database), ...d1Writer(options) });
