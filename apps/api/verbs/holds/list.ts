import { and, asc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Hold } from '#core/access/hold.ts';
import { holds } from '#db/schema/index.ts';
import { timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { holdOf } from '../../views/hold.ts';
import { isVisible, visibleTo } from '../../visible.ts';

/** Locks and freezes that are in force, the oldest first. */
export async function listHolds({ ctx }: Call<Record<string, never>>): Promise<{ items: Hold[] }> {
  const seen = isVisible(holds.cluster, await visibleTo(ctx, 'access.read'));
  const ofAll = eq(holds.cluster, '*');
  const rows = await ctx.deps.store.read
    .select()
    .from(holds)
    .where(
      and(
        seen === undefined ? undefined : or(seen, ofAll),
        isNull(holds.endedAt),
        gt(holds.expiresAt, timeOf(ctx.deps.nowMs())),
      ),
    )
    .orderBy(asc(holds.createdAt));
  return { items: rows.map(holdOf) };
}
