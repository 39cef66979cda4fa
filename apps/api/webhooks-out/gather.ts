import { and, asc, gt, inArray, isNull, lt } from 'drizzle-orm';
import { covers } from '#core/access/glob.ts';
import { newId } from '#core/ids.ts';
import type { OutEvent } from '#core/webhooks/out/contract.ts';
import { outEventOf, toldActions } from '#core/webhooks/out/event-of.ts';
import { insertInto, update } from '#db/change.ts';
import { auditEvents, webhookMessages, webhookTargets } from '#db/schema/index.ts';
import { timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import type { TargetRow } from '../views/target.ts';
import { allNamed } from '../views/named.ts';

const batchMax = 500;

type Needs = Pick<Deps, 'store' | 'nowMs'>;

/**
 * Makes messages of what is on record since each target was looked at last: the record is the queue, so that an act
 * and its being told cannot come apart, and a start after a crash goes on where the last one was.
 */
export async function gather({ store, nowMs }: Needs, targets: readonly TargetRow[]): Promise<void> {
  const seen = Math.min(...targets.map((target) => target.seen));
  if (!Number.isFinite(seen)) return;
  const rows = await store.read
    .select()
    .from(auditEvents)
    .where(and(gt(auditEvents.sequence, seen), inArray(auditEvents.action, [...toldActions])))
    .orderBy(asc(auditEvents.sequence))
    .limit(batchMax);
  const last = rows.at(-1);
  if (last === undefined) return;
  const events = rows.flatMap((row) => outEventOf(row) ?? []);
  const at = timeOf(nowMs());
  const messages = targets.flatMap((target) =>
    events.filter((event) => isFor(target, event)).map((event) => messageOf(target, event, { at, dueMs: nowMs() })),
  );
  await store.commit({
    changes: [
      ...messages.map((message) => insertInto(webhookMessages).values(message).onConflictDoNothing()),
      update(webhookTargets)
        .set({ seen: last.sequence })
        .where(and(isNull(webhookTargets.removedAt), lt(webhookTargets.seen, last.sequence))),
    ],
    events: [],
  });
  if (rows.length === batchMax) await gather({ store, nowMs }, await targetsNow({ store }));
}

/** Those that are told of events; also a disabled one, which is told later. */
export const targetsNow = ({ store }: Pick<Deps, 'store'>): Promise<TargetRow[]> =>
  allNamed(store.read, webhookTargets);

const isFor = ({ seen, events, clusters }: TargetRow, { type, data }: OutEvent): boolean =>
  data.sequence > seen && events.includes(type) && covers(clusters, data.cluster);

const messageOf = ({ id }: TargetRow, event: OutEvent, { at, dueMs }: { at: string; dueMs: number }) => ({
  id: newId('msg', dueMs),
  target: id,
  sequence: event.data.sequence,
  type: event.type,
  body: JSON.stringify(event),
  state: 'waiting' as const,
  dueMs,
  createdAt: at,
});
