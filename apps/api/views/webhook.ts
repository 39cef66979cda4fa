import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { DeliveryView, SourceView } from '#core/webhooks/contract.ts';
import { operations, webhookDeliveries, webhookSources } from '#db/schema/index.ts';
import type { SealedSecret } from '#db/schema/webhooks.ts';
import type { Reader } from '#db/reader.ts';
import { timeOf } from '../commit.ts';
import { isNamed } from './named.ts';

export type SourceRow = typeof webhookSources.$inferSelect;
export type DeliveryRow = typeof webhookDeliveries.$inferSelect;

/** @throws AppError `not_found` */
export async function sourceNamed(read: Reader, name: string): Promise<SourceRow> {
  const isIt = isNamed(webhookSources, name);
  const row = await read.query.webhookSources.findFirst({ where: isIt });
  if (row !== undefined) return row;
  throw new AppError('not_found', `There is no source ${name}`, { next: 'List them with `flotilla webhooks ls`.' });
}

/** The secrets that count now: two while one takes the place of the other. */
export const liveSecrets = ({ secrets }: Pick<SourceRow, 'secrets'>, nowMs: number): SealedSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > timeOf(nowMs));

export const sourceViewOf = (row: SourceRow, nowMs: number): SourceView => ({
  name: row.name,
  kind: row.kind,
  path: `/hooks/${row.id}`,
  rules: row.rules,
  secrets: liveSecrets(row, nowMs).map(({ id, createdAt, expiresAt }) => ({ id, createdAt, expiresAt })),
  createdAt: row.createdAt,
  createdBy: row.createdBy.name,
});

export const deliveryViewOf = ({ delivery, source }: { delivery: DeliveryRow; source: string }): DeliveryView => {
  const { facts, number: _cursor, ...row } = delivery;
  return {
    ...row,
    source,
    event: facts === null ? null : [facts.event, facts.action].filter((word) => word !== null).join('/'),
    repository: facts?.repositoryName ?? facts?.repository ?? null,
    ref: facts?.ref ?? null,
    person: facts?.person ?? null,
  };
};

/** The delivery that an operation, or the first of those that it retries, was made of; null when it was none. */
export async function deliveryBehind(
  read: Reader,
  { id, retryOf }: { id: string; retryOf: string | null },
): Promise<DeliveryRow | null> {
  const delivery = await read.query.webhookDeliveries.findFirst({ where: eq(webhookDeliveries.operation, id) });
  if (delivery !== undefined || retryOf === null) return delivery ?? null;
  const before = await read.query.operations.findFirst({ where: eq(operations.id, retryOf) });
  return before === undefined ? null : await deliveryBehind(read, before);
}

/** Deliveries with the name of their source. */
export const deliveriesWithSource = (read: Reader) =>
  read
    .select({ delivery: webhookDeliveries, source: webhookSources.name })
    .from(webhookDeliveries)
    .innerJoin(webhookSources, eq(webhookSources.id, webhookDeliveries.source));
