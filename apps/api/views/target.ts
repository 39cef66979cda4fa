import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { MessageView, TargetView } from '#core/webhooks/out/contract.ts';
import { webhookMessages, webhookTargets } from '#db/schema/index.ts';
import type { TargetKey } from '#db/schema/webhooks-out.ts';
import type { Reader } from '#db/reader.ts';
import { timeOf } from '../commit.ts';
import { isNamed } from './named.ts';

export type TargetRow = typeof webhookTargets.$inferSelect;
export type MessageRow = typeof webhookMessages.$inferSelect;

/** @throws AppError `not_found` */
export async function targetNamed(read: Reader, name: string): Promise<TargetRow> {
  const isIt = isNamed(webhookTargets, name);
  const row = await read.query.webhookTargets.findFirst({ where: isIt });
  if (row !== undefined) return row;
  throw new AppError('not_found', `There is no target ${name}`, {
    next: 'List them with `flotilla webhooks targets`.',
  });
}

/** The keys that sign now. */
export const liveKeys = ({ keys }: Pick<TargetRow, 'keys'>, nowMs: number): TargetKey[] =>
  keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > timeOf(nowMs));

export const targetViewOf = (row: TargetRow, nowMs: number): TargetView => ({
  name: row.name,
  url: row.url,
  events: row.events,
  clusters: row.clusters,
  allowPrivate: row.allowPrivate,
  keys: liveKeys(row, nowMs).map(({ publicKey, createdAt, expiresAt }) => ({ publicKey, createdAt, expiresAt })),
  createdAt: row.createdAt,
  createdBy: row.createdBy.name,
  disabledAt: row.disabledAt,
});

export const messageViewOf = ({ message, target }: { message: MessageRow; target: string }): MessageView => {
  const { id, type, state, attempts, lastStatus, lastError, createdAt, endedAt } = message;
  const nextAt = state === 'waiting' ? timeOf(message.dueMs) : null;
  return { id, target, type, state, attempts, nextAt, lastStatus, lastError, createdAt, endedAt };
};

/** Messages with the name of their target. */
export const messagesWithTarget = (read: Reader) =>
  read
    .select({ message: webhookMessages, target: webhookTargets.name, disabledAt: webhookTargets.disabledAt })
    .from(webhookMessages)
    .innerJoin(webhookTargets, eq(webhookTargets.id, webhookMessages.target));
