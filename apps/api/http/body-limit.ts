import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '#core/errors.ts';
import type { Limits } from '../deps.ts';
import type { AppEnv } from './env.ts';

/** Refuses a body over the limit, counted while it is read where no length was announced. */
export function limitBodies({ bodyBytesMax, workerBodyBytesMax }: Limits): MiddlewareHandler<AppEnv> {
  const people = limitOf(bodyBytesMax);
  const workers = limitOf(workerBodyBytesMax);
  return (c, next) => (c.req.path.startsWith('/v1/worker/') ? workers(c, next) : people(c, next));
}

function limitOf(bytesMax: number): MiddlewareHandler<AppEnv> {
  const refuse = (): never => {
    throw new AppError('payload_too_large', `The body is larger than ${bytesMax} bytes`, {
      done: 'Nothing was done.',
      next: 'Send less at once.',
    });
  };
  const counted = bodyLimit({ maxSize: bytesMax, onError: refuse });
  return (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const announced = c.req.header('content-length');
    if (announced === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next);
    // No more than that can come; to look at `body`, as `counted` does, makes streams of what is read at once otherwise.
    return Number(announced) <= bytesMax ? next() : refuse();
  };
}
