import { channelId, faultSentence } from '#core/channels.ts';
import type { Intent } from '#core/command/command.ts';
import { AppError } from '#core/errors.ts';
import type { Context } from '../../http/env.ts';
import { followCluster } from '../channels/follow.ts';
import { listChannels } from '../channels/list.ts';
import { unfollowCluster } from '../channels/unfollow.ts';
import { clusterArg, textArgOrNull } from './args.ts';
import type { Handler } from './handler.ts';

/** Commands about which channel is told what. */
export const following: Readonly<Record<string, Handler>> = {
  follow: async (ctx, intent, cluster) => {
    const followed = await clusterArg(intent, cluster);
    const { channel } = await followCluster({ ctx, input: { cluster: followed, channel: channelMeant(ctx, intent) } });
    const what = followed === '*' ? 'every cluster without a channel of its own' : followed;
    return { kind: 'text', text: `${shown(ctx, channel)} is told from now on what happens to ${what}.` };
  },
  unfollow: async (ctx, intent, cluster) => {
    const followed = await clusterArg(intent, cluster);
    const { channel } = await unfollowCluster({ ctx, input: { cluster: followed } });
    const what = followed === '*' ? 'clusters without a channel of their own' : followed;
    return { kind: 'text', text: `${shown(ctx, channel)} is not told any more what happens to ${what}.` };
  },
  channels: async (ctx) => {
    const { items } = await listChannels({ ctx, input: {} });
    if (items.length === 0)
      return { kind: 'text', text: 'No channel is told of any cluster. Say `follow NAME` in one, or `follow all`.' };
    const lines = items.map(({ cluster, channel, fault, createdAt, createdBy }) => {
      const state = fault === null ? `since ${createdAt.slice(0, 10)}, by ${createdBy.name}` : faultSentence(fault);
      return `${cluster}: #${channel}, ${state}`;
    });
    return { kind: 'text', text: lines.join('\n') };
  },
};

/** The one where it is said, in words that all its readers understand. */
const shown = ({ place }: Context, channel: string): string =>
  place === channel ? 'This channel' : `The channel #${channel}`;

/** The channel that is named, or the one where this is said. @throws AppError `invalid_input` */
function channelMeant({ place }: Context, intent: Intent): string {
  const said = textArgOrNull(intent, 'channel');
  const channel = said === null ? (place ?? null) : channelId(said);
  if (channel !== null && !channel.startsWith('D')) return channel;
  throw new AppError(
    'invalid_input',
    channel === null ? 'It needs a channel' : 'A conversation with one person follows no cluster',
    {
      done: 'Nothing was changed.',
      next: 'Say it in the channel itself, or name that one: `follow NAME --channel C0123ABCD`.',
    },
  );
}
