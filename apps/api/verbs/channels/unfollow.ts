import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { ChannelView } from '#core/channels.ts';
import { deleteFrom } from '#db/change.ts';
import { slackChannels } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import { clusterOrNull, clusterShown } from '../../every-cluster.ts';
import type { Call } from '../../http/env.ts';
import { channelViewOf, followedRow } from './list.ts';

/** Has no channel told any more what happens to a cluster (`*`: to those without one). @throws AppError `not_found` */
export async function unfollowCluster({ ctx, input: { cluster } }: Call<{ cluster: string }>): Promise<ChannelView> {
  const scope = clusterOrNull(cluster);
  await authorise(ctx, 'channel.set', scope);
  const before = await followedRow(ctx.deps.store.read, cluster);
  if (before === null) {
    throw new AppError('not_found', `No channel is told what happens to ${clusterShown(cluster)}`, {
      done: 'Nothing was changed.',
      next: 'Look with `channels`.',
    });
  }
  await commit(ctx.deps, {
    changes: [deleteFrom(slackChannels).where(eq(slackChannels.cluster, cluster))],
    events: [
      recordOf(ctx, {
        action: 'channel.unset',
        outcome: 'succeeded',
        cluster: scope,
        target: { kind: 'slack-channel', id: before.channel },
        details: { cluster, channel: before.channel },
      }),
    ],
  });
  return channelViewOf(before);
}
