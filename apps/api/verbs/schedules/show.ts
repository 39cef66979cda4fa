import { eq } from 'drizzle-orm';
import type { Schedule } from '#core/schedule.ts';
import { schedules } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

/** Null when nothing starts by itself. @throws AppError `not_found` for the cluster. */
export async function showSchedule({ ctx, input }: Call<{ cluster: string }>): Promise<{ schedule: Schedule | null }> {
  await authorise(ctx, 'read', input.cluster);
  await clusterRow(ctx.deps.store.read, input.cluster);
  return { schedule: await scheduleOf(ctx, input.cluster) };
}

export async function scheduleOf({ deps }: Context, cluster: string): Promise<Schedule | null> {
  const row = await deps.store.read.query.schedules.findFirst({ where: eq(schedules.cluster, cluster) });
  if (row === undefined) return null;
  const { everySeconds, dueMs, lastOperation, createdBy, createdAt } = row;
  return { cluster, everySeconds, nextAt: timeOf(dueMs), lastOperation, createdBy: createdBy.name, createdAt };
}
