import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { operationStates, isFinished } from '#core/operation.ts';
import type { Store } from '#db/store.ts';

/** Outcomes in one commit. */
const atOnce = 200;

const open = operationStates
  .filter((state) => !isFinished(state))
  .map((state) => `'${state}'`)
  .join(', ');

/**
 * Intents without an outcome behind them, by target, whose operation (where it is one) is not open any more. An open
 * operation goes on with the next lease and will have its outcome.
 */
const openIntentsSql = `select i.sequence, i.action, i.cluster, i.target_kind, i.target_id, i.operation
  from audit_events i indexed by audit_events_outcome
  where i.outcome = 'intent'
    and not exists (
      select 1 from audit_events o
      where o.target_kind = i.target_kind and o.target_id = i.target_id and o.sequence > i.sequence
        and o.outcome in ('succeeded', 'failed', 'cancelled', 'unknown'))
    and not exists (select 1 from operations p where p.id = i.operation and p.state in (${open}))
  order by i.sequence limit ?`;

/**
 * At the start: whatever was under way when the process ended, and cannot go on by itself, has the outcome `unknown`.
 * It is told in the log, so that somebody looks. Returns how many there were.
 */
export async function closeIntents({ store, log }: { store: Store; log: (line: string) => void }): Promise<number> {
  let closed = 0;
  for (;;) {
    const rows = await store.query(openIntentsSql, [atOnce]);
    if (rows.length === 0) return closed;
    await store.commit({ changes: [], events: rows.map((row) => unknownOutcome(row)) });
    for (const [sequence, action, , kind, id] of rows) {
      log(
        `What became of ${String(action)} on ${String(kind)} ${String(id)} is not known (event ${String(sequence)}).`,
      );
    }
    closed += rows.length;
  }
}

function unknownOutcome([sequence, action, cluster, kind, id, operation]: readonly unknown[]): AuditDraft {
  return {
    action: 'act.interrupted',
    actor: systemActor('start'),
    source: 'system',
    outcome: 'unknown',
    cluster: textOrNull(cluster),
    target: { kind: String(kind), id: String(id) },
    operation: textOrNull(operation),
    reason: null,
    details: { intent: Number(sequence), action: String(action) },
  };
}

const textOrNull = (cell: unknown): string | null => (typeof cell === 'string' ? cell : null);
