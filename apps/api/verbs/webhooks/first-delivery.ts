import { and, eq, isNull, sql } from 'drizzle-orm';
import { webhookDeliveries } from '#db/schema/index.ts';
import { prepared, type Reader } from '#db/reader.ts';
import { type Builder, statementOf } from '#db/statement.ts';
import type { Store } from '#db/store.ts';
import { type Template, template } from '#db/template.ts';
import type { DeliveryRow } from '../../views/webhook.ts';

export type Incoming = Pick<DeliveryRow, 'source' | 'senderId' | 'bodySha256'>;

/** Written as the two indexes of deliveries have it, each asked by itself: with an `or` SQLite walks all deliveries. */
const isTaken = (column: 'senderId' | 'bodySha256') =>
  and(
    eq(webhookDeliveries.source, sql.placeholder('source')),
    eq(webhookDeliveries[column], sql.placeholder(column)),
    isNull(webhookDeliveries.replayOf),
    sql`${webhookDeliveries.state} in ('accepted', 'ignored')`,
  );

const { number } = webhookDeliveries;

/** The numbers of one or two, in no order: for a few rows SQLite's sorting costs more than the rest. */
const numbers = (read: Reader) =>
  read
    .select({ number })
    .from(webhookDeliveries)
    .where(isTaken('bodySha256'))
    .unionAll(read.select({ number }).from(webhookDeliveries).where(isTaken('senderId')));

const numbersTemplate = prepared((read): Template<Incoming> => template(() => numbers(read)));

/**
 * The delivery that this one repeats: with the same id of the sender, or with the same body. GitHub signs the body alone,
 * so that an id could be changed by whoever sends an old one again.
 */
export async function firstDelivery(
  { read, query }: Pick<Store, 'read' | 'query'>,
  incoming: Incoming,
): Promise<DeliveryRow | null> {
  const { sql: text, params } = statementOf(firstDeliveryQuery(read, incoming));
  const found = (await query(text, params)).map(([first]) => Number(first));
  if (found.length === 0) return null;
  return (await read.query.webhookDeliveries.findFirst({ where: eq(number, Math.min(...found)) })) ?? null;
}

/** The same as a query, for the commit. */
export const firstDeliveryQuery = (read: Reader, { source, senderId, bodySha256 }: Incoming): Builder =>
  numbersTemplate(read)({ source, senderId, bodySha256 });
