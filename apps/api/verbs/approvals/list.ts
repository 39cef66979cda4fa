import { and, desc, inArray } from 'drizzle-orm';
import { type Approval, pendingStates } from '#core/approval/approval.ts';
import { approvals } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { isVisible, visibleTo } from '../../visible.ts';
import { approvalNamed } from '../../views/approval.ts';

const shownMax = 200;

/** What waits for approval or is about to be used, and with `all` also what is over; the newest first. */
export async function listApprovals({ ctx, input }: Call<{ all: boolean }>): Promise<{ items: Approval[] }> {
  const seen = isVisible(approvals.cluster, await visibleTo(ctx, 'access.read'));
  const items = await ctx.deps.store.read
    .select()
    .from(approvals)
    .where(and(seen, input.all ? undefined : inArray(approvals.state, pendingStates)))
    .orderBy(desc(approvals.createdAt))
    .limit(shownMax);
  return { items };
}

/** @throws AppError `not_found` */
export async function showApproval({ ctx, input }: Call<{ approval: string }>): Promise<Approval> {
  const approval = await approvalNamed(ctx.deps.store.read, input.approval);
  await authorise(ctx, 'access.read', approval.cluster);
  return approval;
}
