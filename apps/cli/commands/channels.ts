import { faultSentence } from '#core/channels.ts';
import { apiOf } from '#cli/api.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

/** Which Slack channel is told of which cluster. */
export async function channelsLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.channels.$get());
  session.show(items, () =>
    items.length === 0
      ? ['No channel is told of any cluster; `flotilla slack follow all CHANNEL` makes one that is.']
      : table(
          [{ title: 'CLUSTER' }, { title: 'CHANNEL' }, { title: 'STATE', elastic: true }],
          items.map(({ cluster, channel, fault }) => [
            cluster,
            channel,
            fault === null ? 'told' : faultSentence(fault),
          ]),
          session.layout(),
        ),
  );
}

/** Has a channel told what happens to a cluster, or to `all` others. */
export async function channelFollow(session: Session, cluster: string, channel: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const set = await ask(client.v1.channels[':cluster'].$put({ param: { cluster }, json: { channel } }));
  session.show(set, () => [`${set.channel} is told from now on what happens to ${set.cluster}.`]);
}

export async function channelUnfollow(session: Session, cluster: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const unset = await ask(client.v1.channels[':cluster'].$delete({ param: { cluster } }));
  session.show(unset, () => [`${unset.channel} is not told any more what happens to ${unset.cluster}.`]);
}
