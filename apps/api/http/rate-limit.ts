import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors.ts';
import type { Deps } from '../deps.ts';
import type { AppEnv } from './env.ts';
import { memoryLimiter, type Limiter, type Taken } from './limiter.ts';

/** Where a request comes from, for those who are nobody. */
export function addressOf(c: HonoContext<AppEnv>, isBehindProxy: boolean): string {
  // The last address is the one that our own proxy saw; those before it are only said.
  const forwarded = isBehindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded ?? c.req.header('cf-connecting-ip') ?? socketAddress(c.env) ?? 'this process';
}

/** What @hono/node-server hands over with each request. */
function socketAddress(env: unknown): string | undefined {
  const incoming = typeof env === 'object' && env !== null && 'incoming' in env ? env.incoming : undefined;
  const socket =
    typeof incoming === 'object' && incoming !== null && 'socket' in incoming ? incoming.socket : undefined;
  const address =
    typeof socket === 'object' && socket !== null && 'remoteAddress' in socket ? socket.remoteAddress : undefined;
  return typeof address === 'string' ? address : undefined;
}

/** Limits failed logins by address: who guesses is slowed down before anything is looked up for him. */
export function limitStrangers(deps: Deps): MiddlewareHandler<AppEnv> {
  const limiter: Limiter = deps.limiters?.strangers ?? memoryLimiter(deps.limits.failedLoginsPerMinute);
  return async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    const taken = await limiter.take(addressOf(c, deps.isBehindProxy === true), deps.nowMs());
    if (!taken.allowed) throw tooMany('Too many requests without a valid token come from this address', taken);
  };
}

/** Limits what one token asks for. Workers are not counted: how much they tell is up to what they run. */
export function limitPrincipals(deps: Deps): MiddlewareHandler<AppEnv> {
  const limiter: Limiter = deps.limiters?.principals ?? memoryLimiter(deps.limits.requestsPerMinute);
  return async (c, next) => {
    const { token, role } = c.get('caller');
    if (role === 'worker') return await next();
    const taken = await limiter.take(token, deps.nowMs());
    if (!taken.allowed) throw tooMany('This token asks for more than it may in a minute', taken);
    await next();
    for (const [name, value] of Object.entries(headersOf(taken))) c.res.headers.set(name, value);
  };
}

/** One request of a key, or the refusal of it. @throws AppError `rate_limited` */
export async function takeOrRefuse(
  limiter: Limiter,
  key: string,
  { nowMs, message }: { nowMs: number; message: string },
): Promise<void> {
  const taken = await limiter.take(key, nowMs);
  if (!taken.allowed) throw tooMany(message, taken);
}

/** draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. */
const headersOf = ({ limit, remaining, resetS }: Taken): Record<string, string> => ({
  'ratelimit-policy': `"minute";q=${limit};w=60`,
  ratelimit: `"minute";r=${remaining};t=${resetS}`,
});

const tooMany = (message: string, taken: Taken): AppError =>
  new AppError('rate_limited', message, {
    done: 'Nothing was done.',
    next: `Try again in ${Math.max(1, taken.resetS)} s.`,
    headers: { ...headersOf(taken), 'retry-after': String(Math.max(1, taken.resetS)) },
  });
