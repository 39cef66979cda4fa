/**
 * A body that breaks off when the signal aborts. `fetch` alone does not do that for long: it holds the signal weakly, and
 * forgets it once its request was collected, so that Ctrl-C would be without effect after a minute.
 */
export function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const end = (): void => signal.removeEventListener('abort', stop);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (signal.aborted) controller.error(signal.reason);
      else if (value !== undefined) controller.enqueue(value);
      if (!done) return;
      end();
      if (!signal.aborted) controller.close();
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
