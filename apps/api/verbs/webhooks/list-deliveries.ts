import { and, desc, eq, lt } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { deliveryQuerySchema, DeliveryView } from '#core/webhooks/contract.ts';
import { webhookDeliveries, webhookSources } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { numberOfCursor, pageOfRows } from '../../http/page.ts';
import { deliveriesWithSource, deliveryViewOf } from '../../views/webhook.ts';

/** Newest first, refused ones too. */
export async function listDeliveries({
  ctx,
  input,
}: Call<z.output<typeof deliveryQuerySchema>>): Promise<{ items: DeliveryView[]; next: string | null }> {
  await authorise(ctx, 'webhook.read');
  const before = numberOfCursor(input.cursor);
  const rows = await deliveriesWithSource(ctx.deps.store.read)
    .where(
      and(
        input.source === undefined ? undefined : eq(webhookSources.name, input.source),
        input.state === undefined ? undefined : eq(webhookDeliveries.state, input.state),
        before === null ? undefined : lt(webhookDeliveries.number, before),
      ),
    )
    .orderBy(desc(webhookDeliveries.number))
    .limit(input.limit + 1);
  return pageOfRows(rows, input.limit, ({ delivery }) => delivery.number, deliveryViewOf);
}

/** @throws AppError `not_found` */
export async function deliveryById(read: Reader, id: string) {
  const [row] = await deliveriesWithSource(read).where(eq(webhookDeliveries.id, id)).limit(1);
  if (row !== undefined) return row;
  throw new AppError('not_found', `There is no delivery ${id}`, {
    next: 'List them with `flotilla webhooks deliveries`.',
  });
}
