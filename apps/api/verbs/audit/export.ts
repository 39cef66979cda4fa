import type { AuditEvent } from '#core/audit.ts';
import { parseCheckpoint } from '#core/audit/checkpoint.ts';
import { verifierText } from '#core/audit/signed-note.ts';
import type { AuditQuery } from '#core/audit-query/query.ts';
import { auditPage } from '#db/audit/page.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { askedOf, queryOf, type AuditFilters } from './query.ts';

const batchRows = 1000;

/** What an export begins with, and its events in batches. */
export interface AuditExport {
  head: unknown[];
  events: AsyncGenerator<AuditEvent[]>;
}

/**
 * Events that fit, oldest first, with their hashes, and all checkpoints before them: without a filter it can be checked
 * anywhere with the public key alone. That it was taken is on record, and signed, before the first event leaves.
 * @throws AppError `audit_unavailable`, QueryError
 */
export async function exportAudit({ ctx, input }: Call<AuditFilters>): Promise<AuditExport> {
  await authorise(ctx, 'audit.export', input.cluster ?? null);
  const asked = askedOf(input);
  const isWhole = Object.keys(asked).length === 0;
  const query = queryOf(ctx, isWhole ? { q: 'stream:all' } : input);
  const taken = recordOf(ctx, { action: 'audit.exported', outcome: 'recorded', details: asked });
  const { sequences } = await commit(ctx.deps, { changes: [], events: [taken] });
  const signed = await ctx.deps.record?.checkpoint();
  const through = signed?.size ?? sequences.at(-1) ?? 0;
  return { head: await headOf(ctx, isWhole, through), events: batches(ctx, query, through) };
}

async function headOf({ deps: { record, version } }: Context, isWhole: boolean, through: number): Promise<unknown[]> {
  const notes = (await record?.notes()) ?? [];
  const covered = notes.filter((note) => (parseCheckpoint(note)?.size ?? 0) <= through);
  const first = {
    export: 'flotilla.audit.v1',
    version,
    key: record === null ? null : verifierText(record.verifier),
    partial: !isWhole,
  };
  return [first, ...covered.map((checkpoint) => ({ checkpoint }))];
}

async function* batches(
  { deps: { store } }: Context,
  query: AuditQuery,
  through: number,
): AsyncGenerator<AuditEvent[]> {
  for (let cursor = 0; ;) {
    const events = await auditPage(store.query, { query, cursor, limit: batchRows, order: 'oldest' });
    const wanted = events.filter(({ sequence }) => sequence <= through);
    if (wanted.length > 0) yield wanted;
    if (events.length < batchRows || wanted.length < events.length) return;
    cursor = events.at(-1)?.sequence ?? cursor;
  }
}
