import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { newId } from '#core/ids.ts';
import { traceparentIn } from '#core/trace.ts';
import type { Deps } from '../deps.ts';
import type { AppEnv } from './env.ts';
import { shownPath } from './shown-path.ts';

/** Ids of ours begin so. A caller's may not: nobody passes his request for another one in the log. */
const ours = 'req';
const theirs = /^(?!req_)[A-Za-z0-9][\w.-]{7,63}$/;

const given = (id: string | undefined): string | undefined => (id !== undefined && theirs.test(id) ? id : undefined);

/**
 * Gives each request an id: the caller's `x-request-id` where it has the form of one, else one of ours. It is told with
 * every answer, stands in each entry of the log and is kept with the operation that the request makes. So is the
 * request's span (`traceparent`), where it is part of a trace.
 */
export const requestId =
  ({ tracer, log, nowMs }: Pick<Deps, 'tracer' | 'log' | 'nowMs'>): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const { method, path } = c.req;
    const id = given(c.req.header('x-request-id')) ?? newId(ours);
    const parent = traceparentIn(c.req.header('traceparent'));
    const attributes = { 'http.request.method': method, 'flotilla.request_id': id };
    const span = tracer?.start({ name: method, parent, kind: 'server', attributes });
    c.set('requestId', id);
    c.set('traceparent', span?.traceparent ?? parent);
    const startedMs = nowMs();
    await next();
    // Not `c.header`: once there is an answer, that makes a new one around the stream of its body.
    c.res.headers.set('x-request-id', id);
    const { status } = c.res;
    const level = method === 'GET' || path.startsWith('/v1/worker/') ? 'debug' : 'info';
    log(`${method} ${shownPath(c)} ${status}`, { level, requestId: id, ms: Math.max(0, nowMs() - startedMs) });
    span?.end({
      name: `${method} ${routePath(c, -1)}`,
      attributes: { 'http.response.status_code': status },
      ...(status >= 500 ? { fault: `${status}` } : {}),
    });
  };
