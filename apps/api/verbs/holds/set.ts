import { and, eq, gt, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { holdRequestSchema } from '#core/access/contract.ts';
import { type Hold, type HoldKind, holdSentence } from '#core/access/hold.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { withStop } from '#core/sentence.ts';
import { type Change, insertInto, update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { holds } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { clusterOrNull } from '../../every-cluster.ts';
import { personOf, type Call, type Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { holdOf } from '../../views/hold.ts';
import { tell } from '../notices/tell.ts';

export type SetHold = z.output<typeof holdRequestSchema> & { kind: HoldKind };

/**
 * Locks or freezes a cluster, or all of them. One's own is renewed; another's is refused, or taken over where that was
 * asked for: he is told. @throws AppError `not_found`, `locked` with who, why and until when
 */
export async function setHold({ ctx, input }: Call<SetHold>): Promise<Hold> {
  const { kind, cluster, takeOver } = input;
  const scope = clusterOrNull(cluster);
  await authorise(ctx, kind === 'lock' ? 'lock.set' : 'freeze.set', scope);
  const { store, nowMs } = ctx.deps;
  if (scope !== null) await clusterRow(store.read, scope);
  const at = timeOf(nowMs());
  const other = await liveHold(store.read, kind, cluster, at);
  const isOthers = other !== null && other.owner !== personOf(ctx.caller);
  if (isOthers && !takeOver) throw heldByOther(other);
  if (isOthers) await authorise(ctx, 'lock.take-over', scope);
  const hold = newHold(ctx, input, at);
  await commit(ctx.deps, {
    expects: [asSeen(store.read, other, { kind, cluster, at })],
    changes: [
      // One that ran out by itself makes room as well.
      update(holds)
        .set({ endedAt: at, endedBy: ctx.caller.actor })
        .where(and(eq(holds.kind, kind), eq(holds.cluster, cluster), isNull(holds.endedAt))),
      insertInto(holds).values(hold),
      ...(isOthers ? toldOwner(ctx, other, input) : []),
    ],
    events: [
      recordOf(ctx, {
        action: isOthers ? `${kind}.taken-over` : `${kind}.set`,
        outcome: 'succeeded',
        cluster: scope,
        target: { kind, id: hold.id },
        reason: input.reason,
        details: {
          cluster,
          protects: hold.protects,
          expiresAt: hold.expiresAt,
          ...(isOthers ? { from: { id: other.id, owner: other.owner, name: other.ownerName } } : {}),
        },
      }),
    ],
  });
  return hold;
}

const newHold = (ctx: Context, { kind, cluster, reason, protects, minutes }: SetHold, at: string): Hold => ({
  id: newId('hold', ctx.deps.nowMs()),
  kind,
  cluster,
  owner: personOf(ctx.caller) ?? '',
  ownerName: ctx.caller.actor.name,
  reason,
  protects,
  createdAt: at,
  expiresAt: timeOf(ctx.deps.nowMs() + minutes * 60_000),
  endedAt: null,
  endedBy: null,
});

/** The one of its kind that is in force on exactly this (`*`: all). */
export const liveHold = async (read: Reader, kind: HoldKind, cluster: string, at: string): Promise<Hold | null> => {
  const row = await read.query.holds.findFirst({ where: isLiveHold({ kind, cluster, at }) });
  return row === undefined ? null : holdOf(row);
};

const isLiveHold = ({ kind, cluster, at }: { kind: HoldKind; cluster: string; at: string }) =>
  and(eq(holds.kind, kind), eq(holds.cluster, cluster), isNull(holds.endedAt), gt(holds.expiresAt, at));

function asSeen(read: Reader, other: Hold | null, where: { kind: HoldKind; cluster: string; at: string }) {
  const query = read.select({ id: holds.id }).from(holds);
  return other === null
    ? noRow('nobody else was faster', query.where(isLiveHold(where)))
    : someRow('it is as it was seen', query.where(and(eq(holds.id, other.id), isNull(holds.endedAt))));
}

const heldByOther = (other: Hold): AppError =>
  new AppError('locked', holdSentence(other), {
    done: 'Nothing was changed.',
    next: `Wait, ask ${other.ownerName}, or take it over with --take-over; he is told.`,
  });

function toldOwner(ctx: Context, { owner, kind, cluster }: Hold, { reason }: SetHold): Change[] {
  const message = `${ctx.caller.actor.name} took over your ${kind} on ${cluster}: ${withStop(reason)}`;
  return tell(ctx, [owner], { kind: `${kind}.taken-over`, message, cluster });
}
