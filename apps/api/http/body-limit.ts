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

const limitOf = (bytesMax: number): MiddlewareHandler<AppEnv> =>
  bodyLimit({
    maxSize: bytesMax,
    onError: () => {
      throw new AppError('payload_too_large', `The body is larger than ${bytesMax} bytes`, {
        done: 'Nothing was done.',
        next: 'Send less at once.',
      });
    },
  });
