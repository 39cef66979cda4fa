import type { MiddlewareHandler } from 'hono';
import { newId } from '#core/ids.ts';
import type { AppEnv } from './env.ts';

/** Gives each request an id of ours: a caller's own could be used to mislead whoever reads the log. */
export const requestId: MiddlewareHandler<AppEnv> = async (c, next) => {
  const id = newId('req');
  c.set('requestId', id);
  await next();
  c.header('x-request-id', id);
};
