import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Actor } from '#core/actor.ts';
import { isChanging, operationKinds } from '#core/operation.ts';
import { textAt } from '#core/member.ts';
import { type Change, insertInto, update } from '#db/change.ts';
import { auditEvents, identities, operations, slackChannels, slackMessages } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { accountIn } from '#slack/account.ts';
import { type Act, toldActs } from '#slack/blocks/act-line.ts';
import type { SlackUser } from '#slack/ports.ts';
import type { FollowDeps, Following } from '#slack/progress/follow.ts';
import { commit, timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';

/** So many events of the record are read in a look, and so many acts told in one message. */
const readMax = 200;
const toldMax = 20;

type EventRow = typeof auditEvents.$inferSelect;

/** What channels that follow clusters are told, from the record. */
export const followStore = (deps: Deps): Pick<FollowDeps, 'followings' | 'news' | 'moved'> => ({
  followings: async () => {
    const { read } = deps.store;
    return await read.select().from(slackChannels).orderBy(asc(slackChannels.cluster));
  },
  news: async (following, all) => {
    const { read } = deps.store;
    const rows = await read
      .select()
      .from(auditEvents)
      .where(gt(auditEvents.sequence, following.seen))
      .orderBy(asc(auditEvents.sequence))
      .limit(readMax);
    const own = rows.filter((row) => isFor(row, following, all));
    const acts = own.filter(({ action }) => toldActs.includes(action)).slice(0, toldMax);
    const last = acts.length === toldMax ? (acts.at(-1)?.sequence ?? 0) : (rows.at(-1)?.sequence ?? following.seen);
    const begun = own.filter((row) => row.sequence <= last && isTold(row));
    const changes = await tellingsOf(deps, following, begun);
    if (changes.length > 0) await commit(deps, { changes, events: [] });
    return { acts: acts.map(actOf), last };
  },
  moved: async ({ cluster, channel }, change) => {
    const isIt = and(eq(slackChannels.cluster, cluster), eq(slackChannels.channel, channel));
    await commit(deps, { changes: [update(slackChannels).set(change).where(isIt)], events: [] });
  },
});

/** Of a cluster its own channel is told, or the one for all; of all clusters every channel, once. */
function isFor(event: EventRow, { cluster, channel }: Following, all: readonly Following[]): boolean {
  const about = event.cluster ?? textAt(event.details, 'cluster');
  if (about === null) return cluster === '*';
  if (about === '*') return all.find((one) => one.channel === channel)?.cluster === cluster;
  return all.some((one) => one.cluster === about) ? cluster === about : cluster === '*';
}

/** A change from its request on, a look at the cluster only when it did not go well. */
function isTold({ action, details }: EventRow): boolean {
  const kind = textAt(details, 'kind');
  if (action === 'operation.requested')
    return operationKinds.some((one) => one === kind && (isChanging(one) || one === 'adopt'));
  if (action !== 'operation.ended' || (kind !== 'verify' && kind !== 'preflight')) return false;
  return textAt(details, 'state') === 'failed' || textAt(details, 'state') === 'blocked';
}

/** A place where each operation is told, but for those that are told in that very channel already. */
async function tellingsOf(deps: Deps, { channel }: Following, events: readonly EventRow[]): Promise<Change[]> {
  const ids = events.map(({ operation }) => operation).filter((id) => id !== null);
  if (ids.length === 0) return [];
  const { read } = deps.store;
  const [rows, told] = await Promise.all([
    read.select().from(operations).where(inArray(operations.id, ids)),
    read.select().from(slackMessages).where(inArray(slackMessages.operation, ids)),
  ]);
  const isHere = (id: string): boolean =>
    told.some((one) => one.operation === id && one.channel === channel && one.audience === 'channel');
  const isNew = rows.filter(({ id }) => !isHere(id));
  const accounts = await Promise.all(isNew.map(({ actor }) => accountOf(read, actor)));
  return isNew.map(({ id }, at) => {
    const { team, user } = accounts[at] ?? nobody;
    const row = { operation: id, place: 'followed', team, user, channel, audience: 'channel' } as const;
    return insertInto(slackMessages)
      .values({ ...row, createdAt: timeOf(deps.nowMs()) })
      .onConflictDoNothing();
  });
}

const nobody: SlackUser = { team: '', user: '' };

/** Slack's own id of whoever asked, also where he asked by another door: so that he can be called. */
async function accountOf(read: Reader, actor: Actor): Promise<SlackUser> {
  if (actor.kind !== 'person') return nobody;
  if (actor.via.startsWith('slack:')) return accountIn(actor.via.slice('slack:'.length));
  const isHis = and(eq(identities.kind, 'slack'), eq(identities.person, actor.person));
  const [row] = await read.select({ account: identities.externalId }).from(identities).where(isHis).limit(1);
  return row === undefined ? nobody : accountIn(row.account);
}

const actOf = ({ sequence, at, action, actor, cluster, targetKind, targetId, reason, details }: EventRow): Act => ({
  sequence,
  at,
  action,
  actor,
  cluster,
  target: targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId },
  reason,
  details,
});
