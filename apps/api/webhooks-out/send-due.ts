import { and, asc, eq, gt, lte } from 'drizzle-orm';
import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { nextAttemptMs } from '#core/webhooks/out/schedule.ts';
import { signatureOf } from '#core/webhooks/out/sign.ts';
import { type Change, update } from '#db/change.ts';
import { webhookMessages, webhookTargets } from '#db/schema/index.ts';
import { timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { liveKeys, type MessageRow, type TargetRow } from '../views/target.ts';
import { aboutKey } from './keys.ts';
import type { Post, Posted } from './posting.ts';

export interface Sending {
  post: Post;
  random: () => number;
  /** When nothing is begun to be sent any more, in milliseconds since the epoch; by default never. */
  untilMs?: number;
}
type Needs = Pick<Deps, 'store' | 'nowMs' | 'sealer' | 'log'> & Sending;

const perRound = 50;

/**
 * Sends what is due to one target, the oldest first, until one does not get through: a receiver that is down is not
 * asked again for each of a thousand messages. Once it answers, what waited for it is due at once.
 */
export async function sendDue(needs: Needs, target: TargetRow): Promise<void> {
  const { store, nowMs, untilMs = Number.POSITIVE_INFINITY } = needs;
  const due = await store.read
    .select()
    .from(webhookMessages)
    .where(
      and(
        eq(webhookMessages.target, target.id),
        eq(webhookMessages.state, 'waiting'),
        lte(webhookMessages.dueMs, nowMs()),
      ),
    )
    .orderBy(asc(webhookMessages.number))
    .limit(perRound);
  if (due.length === 0) return;
  const keys = await openKeys(needs, target);
  if (keys === null) return;
  for (const message of due) {
    if (nowMs() > untilMs) return;
    const posted = await postOne(needs, { target, message, keys });
    await store.commit(unitOf(needs, target, message, posted));
    if (!isTaken(posted)) return;
  }
}

async function openKeys({ sealer, nowMs, log }: Needs, target: TargetRow): Promise<string[] | null> {
  const keys = await Promise.all(
    liveKeys(target, nowMs()).map(
      async ({ id, sealed }) => (await sealer?.open(sealed, aboutKey(target.id, id))) ?? null,
    ),
  );
  const open = keys.filter((key) => key !== null);
  if (open.length > 0) return open;
  log(`webhook target ${target.name}: its key was sealed with a key that is not here; roll it`);
  return null;
}

interface One {
  target: TargetRow;
  message: MessageRow;
  keys: readonly string[];
}

async function postOne({ post, nowMs }: Needs, { target, message, keys }: One): Promise<Posted> {
  const signed = { id: message.id, timestamp: Math.floor(nowMs() / 1000), body: message.body };
  const signatures = await Promise.all(keys.map((key) => signatureOf(key, signed)));
  return await post({
    url: target.url,
    allowPrivate: target.allowPrivate,
    body: message.body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'flotilla-webhooks/1',
      'webhook-id': signed.id,
      'webhook-timestamp': String(signed.timestamp),
      'webhook-signature': signatures.join(' '),
    },
  });
}

const isTaken = ({ status }: Posted): boolean => status !== null && status >= 200 && status < 300;

/** What an answer means for the message, and for the target. */
function unitOf({ nowMs, random }: Needs, target: TargetRow, message: MessageRow, posted: Posted) {
  const now = nowMs();
  const attempts = message.attempts + 1;
  const told = { attempts, lastStatus: posted.status, lastError: posted.error };
  const set = (fields: Partial<MessageRow>): Change =>
    update(webhookMessages)
      .set({ ...told, ...fields })
      .where(eq(webhookMessages.id, message.id));
  if (isTaken(posted)) {
    const isWaiting = and(
      eq(webhookMessages.target, target.id),
      eq(webhookMessages.state, 'waiting'),
      gt(webhookMessages.attempts, 0),
    );
    const others = message.attempts > 0 ? [update(webhookMessages).set({ dueMs: now }).where(isWaiting)] : [];
    return { changes: [set({ state: 'delivered', endedAt: timeOf(now) }), ...others], events: [] };
  }
  const dueMs = nextAttemptMs(attempts, { nowMs: now, random: random(), retryAfterMs: posted.retryAfterMs });
  const again = dueMs === null ? set({ state: 'failed', endedAt: timeOf(now) }) : set({ dueMs });
  if (posted.status !== 410) return { changes: [again], events: [] };
  const disabled = update(webhookTargets)
    .set({ disabledAt: timeOf(now) })
    .where(eq(webhookTargets.id, target.id));
  return { changes: [again, disabled], events: [disabledBy(target)] };
}

const disabledBy = ({ name, url }: TargetRow): AuditDraft => ({
  action: 'webhook-target.disabled',
  actor: systemActor('webhooks'),
  source: 'system',
  outcome: 'recorded',
  cluster: null,
  target: { kind: 'webhook-target', id: name },
  operation: null,
  reason: 'it answered 410',
  details: { url },
});
