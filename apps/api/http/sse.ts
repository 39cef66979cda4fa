import type { OperationEvent } from '#core/wire.ts';

/**
 * A `text/event-stream` of an operation. Each message carries the event's id, so that a reader that lost the connection
 * goes on with `Last-Event-ID`; null becomes a comment, which keeps proxies from closing a silent stream.
 * `abort` is called when the reader goes away.
 */
export function eventStream(events: AsyncGenerator<OperationEvent | null>, abort: () => void): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(messageOf(value)));
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      abort();
      await events.return(null);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // Asks nginx and its kin to pass each message on at once.
      'x-accel-buffering': 'no',
    },
  });
}

const messageOf = (event: OperationEvent | null): string =>
  event === null
    ? ': nothing new\n\n'
    : `id: ${event.id}\nevent: ${event.body.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** `Last-Event-ID` as a number; 0 when it is absent or not one of ours. */
export const lastEventId = (header: string | undefined): number =>
  header !== undefined && /^\d{1,12}$/.test(header) ? Number(header) : 0;
