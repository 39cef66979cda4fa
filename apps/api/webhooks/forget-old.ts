import { and, asc, eq, inArray, isNotNull, lt, ne, or } from 'drizzle-orm';
import { dayMs } from '#core/length.ts';
import { deleteFrom } from '#db/change.ts';
import type { Reader } from '#db/reader.ts';
import { webhookDeliveries, webhookMessages, webhookTargets } from '#db/schema/index.ts';
import { timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { throwOut } from '../throw-out.ts';

/** Rows that are thrown out in one commit. */
const batchMax = 1000;

/**
 * Throws out webhooks that are older than they are kept, a batch of each at most: what came in, and what went out or
 * waits for a target that is disabled or removed. What is still to be sent stays. Cheap while there is nothing to do.
 */
export async function forgetOldWebhooks(deps: Deps): Promise<void> {
  const { deliveryDays, messageDays } = deps.retention;
  await forgetDeliveries(deps, timeOf(deps.nowMs() - deliveryDays * dayMs));
  await forgetMessages(deps, timeOf(deps.nowMs() - messageDays * dayMs));
}

async function forgetDeliveries(deps: Deps, before: string): Promise<void> {
  const { read } = deps.store;
  await throwOut(deps, {
    find: (limit) => oldDeliveries(read, before, limit),
    batchMax,
    remove: (found) => deleteFrom(webhookDeliveries).where(inArray(webhookDeliveries.number, found)),
  });
}

const oldDeliveries = (read: Reader, before: string, limit: number) =>
  read
    .select({ number: webhookDeliveries.number })
    .from(webhookDeliveries)
    .where(lt(webhookDeliveries.at, before))
    .orderBy(asc(webhookDeliveries.at))
    .limit(limit);

async function forgetMessages(deps: Deps, before: string): Promise<void> {
  const { read } = deps.store;
  // Numbers grow with time: as long as the oldest is young there is nothing to look for.
  const [oldest] = await read
    .select({ createdAt: webhookMessages.createdAt })
    .from(webhookMessages)
    .orderBy(asc(webhookMessages.number))
    .limit(1);
  if (oldest === undefined || oldest.createdAt >= before) return;
  await throwOut(deps, {
    find: (limit) => oldMessages(read, before, limit),
    batchMax,
    remove: (found) => deleteFrom(webhookMessages).where(inArray(webhookMessages.number, found)),
  });
}

const oldMessages = (read: Reader, before: string, limit: number) =>
  read
    .select({ number: webhookMessages.number })
    .from(webhookMessages)
    .innerJoin(webhookTargets, eq(webhookTargets.id, webhookMessages.target))
    .where(
      and(
        lt(webhookMessages.createdAt, before),
        or(
          ne(webhookMessages.state, 'waiting'),
          isNotNull(webhookTargets.disabledAt),
          isNotNull(webhookTargets.removedAt),
        ),
      ),
    )
    .orderBy(asc(webhookMessages.number))
    .limit(limit);
