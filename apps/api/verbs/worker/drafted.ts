import { and, eq, gte, max } from 'drizzle-orm';
import { type Adoption, nodesOfAdoption } from '#core/adoption.ts';
import type { AuditDraft } from '#core/audit.ts';
import { draftOf } from '#core/draft/draft.ts';
import { type Change, insertInto } from '#db/change.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { revisions } from '#db/schema/index.ts';
import { recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { Seen } from './planned.ts';

/** What runs, as a proposed revision of the adopted cluster: masked for who may not propose, as every spec. */
export interface DraftRevision {
  told: NonNullable<Adoption['draft']>;
  expects: Guard[];
  changes: Change[];
  events: AuditDraft[];
}

/** Null where nobody asked for a draft. Its values are in no event, and in no result of the operation. */
export async function draftFor(
  ctx: Context,
  { row, observation }: Seen,
  cluster: string,
  adoption: Adoption,
): Promise<DraftRevision | null> {
  const { swarm } = observation;
  if (row.request.kind !== 'adopt' || row.request.draft !== true || !swarm.known || swarm.value === null) return null;
  const hostOf = new Map(Object.entries(nodesOfAdoption(adoption)).map(([host, id]) => [id, host]));
  const { spec, untold } = draftOf({ cluster, observation, swarm: swarm.value, hostOf });
  if (spec === null) return { told: { revision: null, untold }, expects: [], changes: [], events: [] };
  const { read } = ctx.deps.store;
  const of = eq(revisions.cluster, cluster);
  const [last] = await read
    .select({ number: max(revisions.number) })
    .from(revisions)
    .where(of);
  const number = (last?.number ?? 0) + 1;
  const origin = `cluster adopt ${cluster} --from ${adoption.manager}`;
  const createdAt = timeOf(ctx.deps.nowMs());
  const later = read
    .select({ number: revisions.number })
    .from(revisions)
    .where(and(of, gte(revisions.number, number)));
  return {
    told: { revision: number, untold },
    expects: [noRow('the number is free', later)],
    changes: [
      insertInto(revisions).values({
        cluster,
        number,
        base: null,
        state: 'proposed',
        spec,
        decisions: [],
        origin,
        createdBy: row.actor,
        createdAt,
      }),
    ],
    events: [
      recordOf(ctx, {
        action: 'revision.proposed',
        outcome: 'succeeded',
        cluster,
        target: { kind: 'revision', id: `${cluster}/${number}` },
        operation: row.id,
        details: { number, base: null, origin },
      }),
    ],
  };
}
