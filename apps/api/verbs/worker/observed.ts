import type { AuditDraft } from '#core/audit.ts';
import type { HostFacts, Observation } from '#core/observation.ts';
import { type Change, insertInto } from '#db/change.ts';
import { hostFacts, hosts } from '#db/schema/index.ts';
import { recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';

/** Keeps what was seen of each registered host as the last that was seen; what is unknown overwrites nothing. */
export async function factsOfObservation(ctx: Context, observation: Observation): Promise<Change[]> {
  const rows = await ctx.deps.store.read.select({ name: hosts.name }).from(hosts);
  return rows.flatMap(({ name }): Change[] => {
    const seen = observation.hosts[name];
    return seen?.known === true ? [keptFacts(name, observation.at, seen.value)] : [];
  });
}

export const keptFacts = (host: string, at: string, facts: HostFacts): Change =>
  insertInto(hostFacts).values({ host, at, facts }).onConflictDoUpdate({ target: hostFacts.host, set: { at, facts } });

/** A host that showed another key than the pinned one is a security event. */
export const alarmsOfObservation = (
  ctx: Context,
  { row, observation }: { row: OperationRow; observation: Observation },
) =>
  Object.entries(observation.hosts).flatMap(([host, seen]): AuditDraft[] =>
    !seen.known && seen.code === 'host_key_changed' ? [hostKeyAlarm(ctx, row, host, seen.reason)] : [],
  );

export const hostKeyAlarm = (ctx: Context, row: OperationRow, host: string | null, message: string): AuditDraft =>
  recordOf(ctx, {
    action: 'host-key.changed',
    outcome: 'recorded',
    cluster: row.cluster,
    target: host === null ? null : { kind: 'host', id: host },
    operation: row.id,
    details: { security: true, message },
  });
