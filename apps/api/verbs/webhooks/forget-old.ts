import { lt } from 'drizzle-orm';
import { deleteFrom } from '#db/change.ts';
import { webhookDeliveries } from '#db/schema/index.ts';
import { timeOf } from '../../commit.ts';
import type { Deps } from '../../deps.ts';

/** How long a delivery is kept, and so how long a repeat is known. What it caused stays on record. */
const keptMs = 90 * 86_400_000;
const everyMs = 3_600_000;

/** Throws out old deliveries, now and then. */
export function oldDeliveriesForgetter({ store, nowMs, log }: Deps): () => void {
  let lastMs = 0;
  return () => {
    if (nowMs() - lastMs < everyMs) return;
    lastMs = nowMs();
    const old = lt(webhookDeliveries.at, timeOf(nowMs() - keptMs));
    void store
      .commit({ changes: [deleteFrom(webhookDeliveries).where(old)], events: [] })
      .catch((error: unknown) => log(`old deliveries were not forgotten: ${String(error)}`));
  };
}
