import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Actor } from '#core/actor.ts';
import { operations } from './operations.ts';

/** Commands and clicks that were taken in, so that one that is sent again is known. Never what they said. */
export const slackRequests = sqliteTable(
  'slack_requests',
  {
    /** Names what was meant: a command's trigger, an event's id. */
    key: text('key').primaryKey(),
    team: text('team').notNull(),
    user: text('user'),
    at: text('at').notNull(),
  },
  (table) => [index('slack_requests_at').on(table.at)],
);

/** Where an operation is told in Slack, and how far that place was told of it. */
export const slackMessages = sqliteTable(
  'slack_messages',
  {
    operation: text('operation')
      .notNull()
      .references(() => operations.id),
    /** `asked`: where it was asked for; `followed`: the channel that follows its cluster, where that is another one. */
    place: text('place').$type<'asked' | 'followed'>().notNull(),
    team: text('team').notNull(),
    /** Where it is told: the channel of the request, or the requester himself where the app cannot speak there. */
    channel: text('channel').notNull(),
    /** Slack's id of who asked; empty for whoever has none. */
    user: text('user').notNull(),
    /** `channel`: told to all there; `asker`: its end is told to who asked, alone. */
    audience: text('audience').$type<'channel' | 'asker'>().notNull(),
    /** The root message; null until it is posted. */
    ts: text('ts'),
    /** SHA-256 of the frame that the root message shows. */
    shown: text('shown'),
    /** How many parts of the thread were told. */
    told: integer('told').notNull().default(0),
    /** When everything was told, or could never be. */
    closedAt: text('closed_at'),
    createdAt: text('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.operation, table.place] }),
    index('slack_messages_closed').on(table.closedAt),
  ],
);

/** User groups that the policy names, as Slack last told of them. A row stays when nobody names it any more. */
export const slackGroups = sqliteTable('slack_groups', {
  /** As the policy names it: a handle without its mark, or an id. */
  named: text('named').primaryKey(),
  /** Slack's id, which stays when the handle changes. */
  id: text('id'),
  /** `<team>/<user>` of each member, as identities have them. */
  members: text('members', { mode: 'json' }).$type<string[]>().notNull(),
  /** When Slack said so; null: never. */
  seenAt: text('seen_at'),
  triedAt: text('tried_at').notNull(),
  /** Why the last attempt failed. */
  fault: text('fault'),
});

/** Which channel is told what happens to a cluster. */
export const slackChannels = sqliteTable('slack_channels', {
  /** A name, or `*` for every cluster without a channel of its own. */
  cluster: text('cluster').primaryKey(),
  channel: text('channel').notNull(),
  /** The last event of the record that the channel was told, or needed not be. */
  seen: integer('seen').notNull(),
  /** Slack's word for why it is not told now. */
  fault: text('fault'),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by', { mode: 'json' }).$type<Actor>().notNull(),
});
