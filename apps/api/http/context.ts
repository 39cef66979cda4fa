import type { Context as HonoContext } from 'hono';
import type { Deps } from '../deps.ts';
import type { AppEnv, Context } from './env.ts';
import { isRehearsal } from './idempotency.ts';
import { rehearsing } from './rehearsal.ts';

/** What a verb gets, from what the middleware has found out about the request. */
export function contextOf(deps: Deps, c: HonoContext<AppEnv>): Context {
  const common = { caller: c.get('caller'), requestId: c.get('requestId'), traceparent: c.get('traceparent') };
  // A rehearsal starts nothing and keeps nothing, so that it needs no key.
  if (isRehearsal(c)) return { ...common, deps: rehearsing(deps) };
  const idempotency = c.get('idempotency');
  return { ...common, deps, ...(idempotency === undefined ? {} : { idempotency }) };
}
