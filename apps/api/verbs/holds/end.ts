import { and, eq, isNull } from 'drizzle-orm';
import type { Hold, HoldKind } from '#core/access/hold.ts';
import { AppError } from '#core/errors.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { holds } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { clusterOrNull, clusterShown } from '../../every-cluster.ts';
import { personOf, type Call } from '../../http/env.ts';
import { tell } from '../notices/tell.ts';
import { liveHold } from './set.ts';
import { withStop } from '#core/sentence.ts';

export interface EndHold {
  kind: HoldKind;
  cluster: string;
  force: boolean;
  reason: string | null;
}

/** Ends a lock or freeze before its time; another's only with `force`, and he is told. @throws AppError `not_found`, `locked` */
export async function endHold({ ctx, input }: Call<EndHold>): Promise<Hold> {
  const { kind, cluster, force, reason } = input;
  const scope = clusterOrNull(cluster);
  await authorise(ctx, kind === 'lock' ? 'lock.set' : 'freeze.set', scope);
  const { store, nowMs } = ctx.deps;
  const at = timeOf(nowMs());
  const hold = await liveHold(store.read, kind, cluster, at);
  if (hold === null)
    throw new AppError('not_found', `There is no ${kind} on ${clusterShown(cluster)}`, {
      done: 'Nothing was changed.',
    });
  const isOthers = hold.owner !== personOf(ctx.caller);
  if (isOthers && !force) throw notYours(hold);
  if (isOthers) await authorise(ctx, 'lock.take-over', scope);
  const open = store.read
    .select({ id: holds.id })
    .from(holds)
    .where(and(eq(holds.id, hold.id), isNull(holds.endedAt)));
  const message = withStop(
    `${ctx.caller.actor.name} ended your ${kind} on ${clusterShown(cluster)}${reason === null ? '' : `: ${reason}`}`,
  );
  const endedBy = ctx.caller.actor;
  await commit(ctx.deps, {
    expects: [someRow('it has not ended yet', open)],
    changes: [
      update(holds).set({ endedAt: at, endedBy }).where(eq(holds.id, hold.id)),
      ...(isOthers ? tell(ctx, [hold.owner], { kind: `${kind}.ended`, message, cluster }) : []),
    ],
    events: [
      recordOf(ctx, {
        action: `${kind}.ended`,
        outcome: 'succeeded',
        cluster: scope,
        target: { kind, id: hold.id },
        reason,
        details: { cluster, owner: hold.owner, ownerName: hold.ownerName },
      }),
    ],
  });
  return { ...hold, endedAt: at, endedBy };
}

const notYours = ({ kind, cluster, ownerName }: Hold): AppError =>
  new AppError('locked', `The ${kind} on ${clusterShown(cluster)} is ${ownerName}'s`, {
    done: 'Nothing was changed.',
    next: `Ask ${ownerName}, or end it with --force; he is told.`,
  });
