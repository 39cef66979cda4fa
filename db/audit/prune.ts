import type { AuditDraft } from '#core/audit.ts';
import { type ChainHead } from '#core/audit/chain.ts';
import { cellsOf } from '../audit-row.ts';
import { errorOf } from '../refusal.ts';
import { openConnections } from '../sqlite-open.ts';
import { sqliteWriter } from '../sqlite-writer.ts';

export interface Prune {
  /** The database file. */
  path: string;
  now: () => number;
  /** The last event that goes. */
  through: ChainHead;
  /** What the record says of it; chained like every event, in the same transaction. */
  event: AuditDraft;
}

/**
 * Takes a beginning of the record out of the database. The triggers let it go because a row says so that they accept
 * only for a true beginning. @throws AppError as a commit; Error when the triggers refuse
 */
export function pruneRecord({ path, now, through, event }: Prune): void {
  const { writer, reader } = openConnections(path);
  try {
    // One statement takes out all of it: what it keeps until it ends may be larger than the memory.
    writer.pragma('temp_store = FILE');
    const insert = 'insert into audit_prunes (through, hash) values (?, ?)';
    const remove = 'delete from audit_events where sequence <= ?';
    const [result] = sqliteWriter(
      writer,
      now,
    )([
      {
        guards: [],
        changes: [
          { sql: insert, params: [through.sequence, through.hash] },
          { sql: remove, params: [through.sequence] },
        ],
        events: [cellsOf(event)],
        dispatch: [],
      },
    ]);
    if (result?.kind === 'fault') throw result.error;
    if (result?.kind === 'refused') throw errorOf(result.refusal);
    if (result?.kind !== 'committed') throw new Error('The prune was not committed.');
  } finally {
    reader.close();
    writer.close();
  }
}
