import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '#core/log.ts';
import type { Meter } from '#core/meter.ts';
import type { Attributes, Span, SpanStart, Tracer } from '#core/trace.ts';

/** Where a worker tells what it does. */
export interface Telemetry {
  log: Log;
  meter: Meter;
  /** Null where nobody traces. */
  tracer: Tracer | null;
}

/** The span that whatever is called now belongs to: from an operation down to a call of an engine. */
const current = new AsyncLocalStorage<{ tracer: Tracer; span: Span }>();

/** Work as the first span of a worker, under the request that asked for the operation. */
export const tracedFrom = <T>(tracer: Tracer | null, start: SpanStart, work: () => Promise<T>): Promise<T> =>
  tracer === null ? work() : within(tracer, start, work);

/** Work as a part of what is being done; costs nothing where nobody traces. `said`: what the span tells of the result. */
export function traced<T>(
  start: Omit<SpanStart, 'parent'>,
  work: () => Promise<T>,
  said?: (result: T) => Attributes,
): Promise<T> {
  const around = current.getStore();
  if (around === undefined) return work();
  return within(around.tracer, { ...start, parent: around.span.traceparent }, work, said);
}

/** For requests to the API: it goes on with the trace. */
export function withTraceparent(request: Request): Request {
  const traceparent = current.getStore()?.span.traceparent;
  if (traceparent !== undefined) request.headers.set('traceparent', traceparent);
  return request;
}

async function within<T>(
  tracer: Tracer,
  start: SpanStart,
  work: () => Promise<T>,
  said?: (result: T) => Attributes,
): Promise<T> {
  const span = tracer.start(start);
  try {
    const result = await current.run({ tracer, span }, work);
    span.end(said === undefined ? {} : { attributes: said(result) });
    return result;
  } catch (error) {
    span.end({ fault: error });
    throw error;
  }
}
