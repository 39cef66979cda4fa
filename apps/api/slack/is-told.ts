import { inArray } from 'drizzle-orm';
import type { Intent } from '#core/command/command.ts';
import { slackChannels } from '#db/schema/index.ts';
import type { Context } from '../http/env.ts';
import { clusterFor } from '../verbs/commands/pick-cluster.ts';

/** Commands whose act has a line of its own wherever its cluster is followed (apps/slack/blocks/act-line.ts). */
const acts = ['lock', 'unlock', 'freeze', 'unfreeze', 'follow'];

/** Whether what a command did is told by itself in the channel where it was said: then its answer need not be. */
export async function isToldHere(ctx: Context, intent: Intent): Promise<boolean> {
  const { place } = ctx;
  if (place === undefined || !acts.includes(intent.command)) return false;
  const { read } = ctx.deps.store;
  if (intent.cluster === 'all') {
    const rows = await read.select().from(slackChannels);
    return rows.some(({ channel }) => channel === place);
  }
  const cluster = await clusterFor(ctx, intent);
  const rows = await read
    .select()
    .from(slackChannels)
    .where(inArray(slackChannels.cluster, [cluster, '*']));
  const followed = rows.find((row) => row.cluster === cluster) ?? rows[0];
  return followed?.channel === place;
}
