import { linkOfRow, selectLinksSql } from './audit-row.ts';
import { type ChainHead, type ChainLink, genesis } from '#core/audit/chain.ts';
import type { RunQuery } from './reader.ts';

/** Rows in one read: large enough that reading is not what takes the time, small enough to hold up nobody else. */
const pageRows = 1000;

/** The links of a database after a head, page by page. */
export async function* linkPagesOf(runQuery: RunQuery, after: ChainHead = genesis): AsyncGenerator<ChainLink[]> {
  let from = after.sequence;
  for (;;) {
    const rows = await runQuery(selectLinksSql, [from, pageRows]);
    const page = rows.map((row) => linkOfRow(row));
    if (page.length > 0) yield page;
    from = page.at(-1)?.sequence ?? from;
    if (rows.length < pageRows) return;
  }
}

/** The same one by one. */
export async function* linksOf(runQuery: RunQuery, after?: ChainHead): AsyncGenerator<ChainLink> {
  for await (const page of linkPagesOf(runQuery, after)) yield* page;
}
