import { type EventCells, contentOf, eventParams, insertEventsSql, insertWordsSql, placed } from './audit-row.ts';
import { type ChainHead, genesis, preimage } from '#core/audit/chain.ts';
import { sha256 } from './sha256-web.ts';
import type { Statement } from './statement.ts';
import { type PlainUnit, dispatchGuard, dispatchStatement } from './unit.ts';

/** A unit as the statements of one batch, hashed behind a certain head. */
export interface Batch {
  statements: Statement[];
  /** The head that the batch asserts, and the one that it leaves. */
  before: ChainHead;
  after: ChainHead;
  at: string;
  /** Where among the statements those are that count doorbells. */
  rings: { operation: string; index: number }[];
}

/** Puts a unit behind a head. A unit without events asserts no head: it disturbs nobody and nobody disturbs it. */
export async function batchOf(unit: PlainUnit, before: ChainHead, at: string): Promise<Batch> {
  const statements = unit.events.length === 0 ? [] : [headGuard(before)];
  statements.push(...unit.guards, ...unit.changes);
  const rings: Batch['rings'] = [];
  for (const operation of unit.dispatch) {
    statements.push(dispatchGuard(operation), dispatchStatement(operation));
    rings.push({ operation, index: statements.length - 1 });
  }
  let after = before;
  for (const cells of unit.events) {
    const sealed = await seal(cells, at, after);
    statements.push(sealed.statement);
    after = sealed.head;
  }
  if (unit.events.length > 0) statements.push({ sql: insertWordsSql, params: [] });
  return { statements, before, after, at, rings };
}

async function seal(
  cells: EventCells,
  at: string,
  last: ChainHead,
): Promise<{ statement: Statement; head: ChainHead }> {
  const event = placed(cells, at, last);
  const hash = await sha256(preimage(last.hash, contentOf(event)));
  return {
    statement: { sql: insertEventsSql(1), params: eventParams(event, hash) },
    head: { sequence: event.sequence, hash },
  };
}

/** First in the batch, so that "another writer was faster" is never taken for a guard of the caller that failed. */
const headGuard = (head: ChainHead): Statement => ({
  sql:
    "insert into guard (name) select 'head' where ? is not " +
    `coalesce((select hash from audit_events order by sequence desc limit 1), '${genesis.hash}')`,
  params: [head.hash],
});
