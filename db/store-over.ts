import { selectHeadSql } from './audit-row.ts';
import { headOf } from './head.ts';
import { linkPagesOf, linksOf } from './links.ts';
import { type RunQuery, readerOver } from './reader.ts';
import type { Store } from './store.ts';
import { type Write, commitBy, rehearseBy } from './write.ts';

/** What a driver, or a link to one elsewhere, has to do. */
export interface Driver {
  query: RunQuery;
  write: Write;
  /** Waits for the writes that were asked for; refuses later ones. */
  close: () => Promise<void>;
}

/** A store over a driver. */
export const storeOver = ({ query, write, close }: Driver): Store => ({
  read: readerOver(query),
  commit: commitBy(write),
  rehearse: rehearseBy(write),
  query,
  head: async () => headOf((await query(selectHeadSql, []))[0]),
  links: (after) => linksOf(query, after),
  linkPages: (after) => linkPagesOf(query, after),
  close,
});
