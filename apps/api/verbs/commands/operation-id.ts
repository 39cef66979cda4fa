import { AppError } from '#core/errors.ts';
import type { Context } from '../../http/env.ts';
import { listOperations } from '../operations/list.ts';

/** The id that was said; `last` is the newest operation. @throws AppError `not_found` */
export async function operationId(ctx: Context, said: string): Promise<string> {
  if (said !== 'last') return said;
  const { items } = await listOperations({ ctx, input: { limit: 1 } });
  const [newest] = items;
  if (newest !== undefined) return newest.id;
  throw new AppError('not_found', 'There is no operation yet', { done: 'Nothing was done.' });
}
