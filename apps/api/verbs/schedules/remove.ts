import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { deleteFrom } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { schedules } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

/** Nothing starts by itself any more; what runs goes on to its end. @throws AppError `not_found` */
export async function removeSchedule({ ctx, input: { cluster } }: Call<{ cluster: string }>): Promise<{
  removed: string;
}> {
  await authorise(ctx, 'schedule.set', cluster);
  const { read } = ctx.deps.store;
  await clusterRow(read, cluster);
  const there = read.select({ cluster: schedules.cluster }).from(schedules).where(eq(schedules.cluster, cluster));
  await commit(ctx.deps, {
    expects: [someRow('there is a schedule', there, () => noSchedule(cluster))],
    changes: [deleteFrom(schedules).where(eq(schedules.cluster, cluster))],
    events: [
      recordOf(ctx, {
        action: 'schedule.removed',
        outcome: 'succeeded',
        cluster,
        target: { kind: 'schedule', id: cluster },
      }),
    ],
  });
  return { removed: cluster };
}

const noSchedule = (cluster: string): AppError =>
  new AppError('not_found', `${cluster} has no schedule`, {
    done: 'Nothing was changed.',
    next: `Make one: \`flotilla verify schedule ${cluster} --every 15m\`.`,
  });
