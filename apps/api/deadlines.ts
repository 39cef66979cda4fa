import { and, eq, inArray, isNull, lt, lte } from 'drizzle-orm';
import { systemActor } from '#core/actor.ts';
import { noPolicy } from '#core/access/policy.ts';
import { pendingStates } from '#core/approval/approval.ts';
import { AppError } from '#core/errors.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { approvals, holds, operations } from '#db/schema/index.ts';
import { commit, recordOf, timeOf } from './commit.ts';
import type { Deps } from './deps.ts';
import { clusterOrNull, clusterShown } from './every-cluster.ts';
import type { Context } from './http/env.ts';
import { forgetSlackRequests } from './slack/forget-requests.ts';
import { asSeen } from './views/approval.ts';
import { tell } from './verbs/notices/tell.ts';
import { endingOf } from './verbs/operations/ending.ts';

/** The owner of a lock or freeze is told so long before it runs out by itself. */
const remindMs = 10 * 60_000;

/** What is over by time alone: approvals that nobody gave, and locks of which the owner is to be reminded. */
export async function keepDeadlines(deps: Deps): Promise<void> {
  const ctx = systemContext(deps);
  await expireApprovals(ctx);
  await remindOwners(ctx);
  await forgetSlackRequests(deps);
}

async function expireApprovals(ctx: Context): Promise<void> {
  const { read } = ctx.deps.store;
  const at = timeOf(ctx.deps.nowMs());
  const due = await read
    .select({ approval: approvals, operation: operations })
    .from(approvals)
    .innerJoin(operations, eq(operations.id, approvals.operation))
    .where(
      and(
        inArray(approvals.state, pendingStates),
        lte(approvals.expiresAt, at),
        // One that runs finds it out itself, before its plan is accepted.
        inArray(operations.state, ['awaiting-approval', 'queued']),
      ),
    );
  for (const { approval, operation: row } of due) {
    const error = {
      code: 'approval_expired',
      message: `It was to be approved until ${approval.expiresAt}.`,
      done: 'Nothing was changed on any host.',
      next: 'Plan and apply it again.',
    };
    const { changes, events, dispatch } = await endingOf(ctx, row, { state: 'blocked', error }, at);
    const message = `Nobody approved the plan of ${row.id} for ${approval.cluster} in time.`;
    const told = tell(ctx, approval.makers, {
      kind: 'approval.expired',
      message,
      cluster: approval.cluster,
      operation: row.id,
    });
    const asItWas = read
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.id, row.id), eq(operations.state, row.state)));
    const expects = [asSeen(read, approval), someRow('the operation is as it was seen', asItWas)];
    await commit(ctx.deps, { expects, changes: [...changes, ...told], events, dispatch }, [row.id]).catch(unlessRace);
  }
}

async function remindOwners(ctx: Context): Promise<void> {
  const nowMs = ctx.deps.nowMs();
  const due = await ctx.deps.store.read
    .select()
    .from(holds)
    .where(and(isNull(holds.endedAt), isNull(holds.remindedAt), lt(holds.expiresAt, timeOf(nowMs + remindMs))));
  for (const { id, kind, cluster, owner, expiresAt } of due) {
    const isMine = and(eq(holds.id, id), isNull(holds.remindedAt));
    const open = ctx.deps.store.read.select({ id: holds.id }).from(holds).where(isMine);
    const message = `Your ${kind} on ${clusterShown(cluster)} ends at ${expiresAt}; set it again to keep it.`;
    await commit(ctx.deps, {
      expects: [someRow('nobody has reminded him yet', open)],
      changes: [
        update(holds)
          .set({ remindedAt: timeOf(nowMs) })
          .where(isMine),
        ...tell(ctx, [owner], { kind: `${kind}.ends`, message, cluster }),
      ],
      events: [
        recordOf(ctx, {
          action: `${kind}.reminded`,
          outcome: 'recorded',
          cluster: clusterOrNull(cluster),
          target: { kind, id },
          details: { owner, expiresAt },
        }),
      ],
    }).catch(unlessRace);
  }
}

/** Another process, or a vote, was faster: then there is nothing left to do here. */
function unlessRace(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'conflict')) throw error;
}

const systemContext = (deps: Deps): Context => ({
  deps,
  requestId: 'deadlines',
  caller: {
    actor: systemActor('deadlines'),
    role: 'worker',
    source: 'system',
    token: '',
    expiresAt: null,
    subject: { kind: 'worker' },
    policy: noPolicy,
    notices: 0,
  },
});
