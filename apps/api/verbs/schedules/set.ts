import type { z } from 'zod';
import type { Schedule, scheduleRequestSchema } from '#core/schedule.ts';
import { insertInto } from '#db/change.ts';
import { schedules } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { scheduleOf } from './show.ts';

export type SetSchedule = z.output<typeof scheduleRequestSchema> & { cluster: string };

/** Lets verifications of a cluster start by themselves; the first after one interval. @throws AppError `not_found` */
export async function setSchedule({ ctx, input }: Call<SetSchedule>): Promise<{ schedule: Schedule | null }> {
  const { cluster, everySeconds, reason } = input;
  await authorise(ctx, 'schedule.set', cluster);
  await clusterRow(ctx.deps.store.read, cluster);
  const nowMs = ctx.deps.nowMs();
  const set = {
    everySeconds,
    dueMs: nowMs + everySeconds * 1000,
    createdBy: ctx.caller.actor,
    createdAt: timeOf(nowMs),
  };
  await commit(ctx.deps, {
    changes: [
      insertInto(schedules)
        .values({ cluster, ...set })
        .onConflictDoUpdate({ target: schedules.cluster, set }),
    ],
    events: [
      recordOf(ctx, {
        action: 'schedule.set',
        outcome: 'succeeded',
        cluster,
        target: { kind: 'schedule', id: cluster },
        reason,
        details: { verify: { everySeconds } },
      }),
    ],
  });
  return { schedule: await scheduleOf(ctx, cluster) };
}
