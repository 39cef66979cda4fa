import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import { webhookDeliveries } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { DeliveryRow } from '../../views/webhook.ts';

export type Incoming = Pick<DeliveryRow, 'source' | 'senderId' | 'bodySha256'>;

/**
 * Query for the delivery that this one repeats: with the same id of the sender, or with the same body. GitHub signs the
 * body alone, so that an id could be changed by whoever sends an old one again.
 */
export const firstDelivery = (read: Reader, { source, senderId, bodySha256 }: Incoming) =>
  read
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.source, source),
        isNull(webhookDeliveries.replayOf),
        inArray(webhookDeliveries.state, ['accepted', 'ignored']),
        or(
          eq(webhookDeliveries.bodySha256, bodySha256),
          senderId === null ? undefined : eq(webhookDeliveries.senderId, senderId),
        ),
      ),
    )
    .orderBy(asc(webhookDeliveries.number))
    .limit(1);
