import { max } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { ChannelView } from '#core/channels.ts';
import { insertInto } from '#db/change.ts';
import { auditEvents, slackChannels } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { clusterOrNull, clusterShown } from '../../every-cluster.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { channelViewOf, followedRow } from './list.ts';

export interface Follow {
  /** A name, or `*` for every cluster without a channel of its own. */
  cluster: string;
  /** Slack's id. */
  channel: string;
}

/**
 * Has a channel told from now on what happens to a cluster, in the place of the one before. What happened earlier is not
 * told there; that it is followed is the first thing that is. @throws AppError `not_found`, `invalid_input`
 */
export async function followCluster({ ctx, input: { cluster, channel } }: Call<Follow>): Promise<ChannelView> {
  const scope = clusterOrNull(cluster);
  await authorise(ctx, 'channel.set', scope);
  const { store, nowMs } = ctx.deps;
  if (scope !== null) await clusterRow(store.read, scope);
  const before = await followedRow(store.read, cluster);
  if (before?.channel === channel && before.fault === null) throw alreadyFollowed(cluster, channel);
  const [last] = await store.read.select({ sequence: max(auditEvents.sequence) }).from(auditEvents);
  const row = {
    cluster,
    channel,
    seen: last?.sequence ?? 0,
    fault: null,
    createdAt: timeOf(nowMs()),
    createdBy: ctx.caller.actor,
  };
  await commit(ctx.deps, {
    changes: [insertInto(slackChannels).values(row).onConflictDoUpdate({ target: slackChannels.cluster, set: row })],
    events: [
      recordOf(ctx, {
        action: 'channel.set',
        outcome: 'succeeded',
        cluster: scope,
        target: { kind: 'slack-channel', id: channel },
        details: { cluster, channel, ...(before === null ? {} : { from: before.channel }) },
      }),
    ],
  });
  return channelViewOf(row);
}

const alreadyFollowed = (cluster: string, channel: string): AppError =>
  new AppError('already_exists', `${channel} is told already what happens to ${clusterShown(cluster)}`, {
    done: 'Nothing was changed.',
    next: 'Look with `channels`.',
  });
