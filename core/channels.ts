import { z } from 'zod';
import { actorSchema } from './actor.ts';

/* Which Slack channel is told what happens to a cluster. The HTTP contract, and the words for it. */

/** Ids of channels, public and private; a conversation with one person is none. */
export const channelForm = /^[CG][A-Z0-9]{4,20}$/;

export const channelHint = "write Slack's id of a channel, such as C0123ABCD";

/** The id in what a person writes, who may put before it what stands before names. */
export const channelId = (said: string): string => said.replace(/^#/, '');

export const followSchema = z.strictObject({
  channel: z.string().regex(channelForm, channelHint).describe("Slack's id"),
});

/** `all` stands for every cluster that has no channel of its own, and for what belongs to none. */
export const channelViewSchema = z.object({
  cluster: z.string().describe('A name, or `all` for those without a channel of their own'),
  channel: z.string().describe("Slack's id"),
  createdAt: z.string(),
  createdBy: actorSchema,
  fault: z.string().nullable().describe('Why the channel is not told now'),
});
export type ChannelView = z.infer<typeof channelViewSchema>;

/** Why a channel is not told, with what to do about it. */
export const faultSentence = (fault: string): string => faults[fault] ?? `not told now: Slack answers ${fault}`;

const faults: Readonly<Record<string, string>> = {
  not_in_channel: 'not told: the app is not in it; invite it there',
  channel_not_found: 'not told: Slack has no such channel, or the app cannot see it',
  is_archived: 'not told: the channel is archived',
};
