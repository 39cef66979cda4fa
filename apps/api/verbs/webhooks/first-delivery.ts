import { and, eq, isNull, sql } from 'drizzle-orm';
import { webhookDeliveries } from '#db/schema/index.ts';
import { prepared, type Reader } from '#db/reader.ts';
import type { Builder } from '#db/statement.ts';
import { type Template, template } from '#db/template.ts';
import type { DeliveryRow } from '../../views/webhook.ts';

export type Incoming = Pick<DeliveryRow, 'source' | 'senderId' | 'bodySha256'>;

/** Written as the two indexes of deliveries have it, each asked by itself: with an `or` SQLite walks all deliveries. */
const taken = (read: Reader, column: 'senderId' | 'bodySha256') =>
  read
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.source, sql.placeholder('source')),
        eq(webhookDeliveries[column], sql.placeholder(column)),
        isNull(webhookDeliveries.replayOf),
        sql`${webhookDeliveries.state} in ('accepted', 'ignored')`,
      ),
    );

/** One or two rows. In no order: for a few rows SQLite's sorting costs more than the rest. */
const firstQuery = (read: Reader) => taken(read, 'bodySha256').unionAll(taken(read, 'senderId'));

const preparedFirst = prepared((read) => firstQuery(read).prepare());
const firstTemplate = prepared((read): Template<Incoming> => template(() => firstQuery(read)));

/**
 * The delivery that this one repeats: with the same id of the sender, or with the same body. GitHub signs the body alone,
 * so that an id could be changed by whoever sends an old one again.
 */
export async function firstDelivery(
  read: Reader,
  { source, senderId, bodySha256 }: Incoming,
): Promise<DeliveryRow | null> {
  const rows = await preparedFirst(read).execute({ source, senderId, bodySha256 });
  return rows.toSorted((a, b) => a.number - b.number)[0] ?? null;
}

/** The same as a query, for the commit. */
export const firstDeliveryQuery = (read: Reader, { source, senderId, bodySha256 }: Incoming): Builder =>
  firstTemplate(read)({ source, senderId, bodySha256 });
