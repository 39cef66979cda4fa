import { asc, eq } from 'drizzle-orm';
import type { ChannelView } from '#core/channels.ts';
import { slackChannels } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { clusterOrNull, clusterShown } from '../../every-cluster.ts';
import type { Call } from '../../http/env.ts';
import { may } from '../../access.ts';
import { visibleTo } from '../../visible.ts';

export type ChannelRow = typeof slackChannels.$inferSelect;

/** Which channel is told of which cluster, as far as one may see these. */
export async function listChannels({ ctx }: Call<Record<string, never>>): Promise<{ items: ChannelView[] }> {
  await visibleTo(ctx, 'access.read');
  const rows = await ctx.deps.store.read.select().from(slackChannels).orderBy(asc(slackChannels.cluster));
  return {
    items: rows
      .filter(({ cluster }) => may(ctx, 'access.read', clusterOrNull(cluster)))
      .map((row) => channelViewOf(row)),
  };
}

/** What a cluster has of its own, or `*`. */
export const followedRow = async (read: Reader, cluster: string): Promise<ChannelRow | null> =>
  (await read.query.slackChannels.findFirst({ where: eq(slackChannels.cluster, cluster) })) ?? null;

export const channelViewOf = ({ seen: _own, cluster, ...row }: ChannelRow): ChannelView => ({
  ...row,
  cluster: clusterShown(cluster),
});
