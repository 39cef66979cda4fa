import { AppError } from '#core/errors.ts';
import { isAnswered } from '#core/operation.ts';
import type { Context } from '../../http/env.ts';
import { listOperations } from '../operations/list.ts';

/** The id that was said; `last` is the newest operation. @throws AppError `not_found` */
export const operationId = (ctx: Context, said: string): Promise<string> => idOf(ctx, said, 1);

/** The same of one to retry or to cancel, where `last` passes over questions that were answered. @throws AppError `not_found` */
export const workId = (ctx: Context, said: string): Promise<string> => idOf(ctx, said, 200, isAnswered);

async function idOf(
  ctx: Context,
  said: string,
  limit: number,
  isPassedOver: typeof isAnswered = () => false,
): Promise<string> {
  if (said !== 'last') return said;
  const { items } = await listOperations({ ctx, input: { limit } });
  const newest = items.find((operation) => !isPassedOver(operation));
  if (newest !== undefined) return newest.id;
  throw new AppError('not_found', 'There is no operation yet', { done: 'Nothing was done.' });
}
