import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './env.ts';

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  // Answers hold names of hosts and networks; none belongs in a shared cache.
  'cache-control': 'no-store',
};
const nothingMayLoad = "default-src 'none'; frame-ancestors 'none'";

/** What every answer says to browsers and proxies. A page that needs more (docs) sets its own policy. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  // Not `c.header`: once there is an answer, that makes a new one around the body's stream for each header.
  const answered = c.res.headers;
  for (const [name, value] of Object.entries(headers)) answered.set(name, value);
  if (!answered.has('content-security-policy')) answered.set('content-security-policy', nothingMayLoad);
};
