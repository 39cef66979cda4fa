import { z } from 'zod';
import { channelForm, channelHint, channelId } from '../../channels.ts';
import { nameSchema } from '../../spec/names.ts';
import type { Command } from '../command.ts';

const held = nameSchema.optional().describe('Cluster, or `all`');
const forHowLong = z.string().optional().describe('How long, such as 30m, 2h or 3d');
const channel = z
  .string()
  .refine((said) => channelForm.test(channelId(said)), channelHint)
  .describe("Channel, by Slack's id; this one without");
const plan = z.string().min(6).describe('Plan, by its digest or the first characters of it, or the operation');

/* Who keeps whom from changing what, and who agrees to what: told to the channel, on record. */

export const guarding: readonly Command[] = [
  {
    name: 'lock',
    summary: 'Keep a cluster for yourself; `!` takes over another person’s lock',
    example: 'lock prod for 2h : moving the database',
    needs: 'lock.set',
    cluster: 'one',
    changes: true,
    asksWhy: true,
    positional: ['cluster'],
    args: z.strictObject({ cluster: held, for: forHowLong }),
  },
  {
    name: 'unlock',
    summary: 'End your lock; `!` ends another person’s',
    example: 'unlock prod',
    needs: 'lock.set',
    cluster: 'one',
    changes: true,
    positional: ['cluster'],
    args: z.strictObject({ cluster: held }),
  },
  {
    name: 'freeze',
    summary: 'Keep everybody from changing a cluster',
    example: 'freeze prod until 18:00 : the sale begins',
    needs: 'freeze.set',
    cluster: 'one',
    changes: true,
    asksWhy: true,
    positional: ['cluster'],
    args: z.strictObject({
      cluster: held,
      until: z.string().optional().describe('Until when, in UTC: 18:00, 2026-11-27 or 2026-11-27T18:00Z'),
      for: forHowLong,
    }),
  },
  {
    name: 'unfreeze',
    summary: 'End a freeze; `!` ends another person’s',
    example: 'unfreeze prod',
    needs: 'freeze.set',
    cluster: 'one',
    changes: true,
    positional: ['cluster'],
    args: z.strictObject({ cluster: held }),
  },
  {
    name: 'approve',
    summary: 'Agree to another person’s plan',
    example: 'approve 3fa9c1',
    needs: 'plan.approve',
    cluster: 'none',
    changes: true,
    positional: ['plan'],
    args: z.strictObject({
      plan,
      confirm: z.string().optional().describe('The name of the cluster, typed, where the risk is critical'),
    }),
  },
  {
    name: 'deny',
    summary: 'Refuse a plan; its maker reads why',
    example: 'deny 3fa9c1 : not before the release',
    needs: 'plan.deny',
    cluster: 'none',
    changes: true,
    asksWhy: true,
    positional: ['plan'],
    args: z.strictObject({ plan }),
  },
  {
    name: 'can',
    summary: 'Whether you may do something, and by which rule',
    example: 'can apply in prod',
    needs: 'read',
    cluster: 'one',
    changes: false,
    positional: ['verb', 'cluster'],
    args: z.strictObject({
      verb: z.string().max(64).describe('Such as `apply`, or `cluster.apply`'),
      cluster: nameSchema.optional().describe('On which cluster'),
      person: z.string().max(100).optional().describe('Another person'),
    }),
  },
  {
    name: 'follow',
    summary: 'Tell this channel what happens to a cluster; `all`: to every other one',
    example: 'follow prod',
    needs: 'channel.set',
    cluster: 'one',
    changes: true,
    positional: ['cluster'],
    args: z.strictObject({ cluster: held, channel: channel.optional() }),
  },
  {
    name: 'unfollow',
    summary: 'Tell no channel any more what happens to a cluster',
    example: 'unfollow prod',
    needs: 'channel.set',
    cluster: 'one',
    changes: true,
    positional: ['cluster'],
    args: z.strictObject({ cluster: held }),
  },
  {
    name: 'channels',
    summary: 'Which channel is told of which cluster',
    example: 'channels',
    needs: 'access.read',
    cluster: 'none',
    changes: false,
    positional: [],
    args: z.strictObject({}),
  },
  {
    name: 'where',
    summary: 'Who holds what: locks, freezes, what runs and what waits for approval',
    example: 'where',
    needs: 'access.read',
    cluster: 'none',
    changes: false,
    positional: [],
    args: z.strictObject({}),
  },
];
