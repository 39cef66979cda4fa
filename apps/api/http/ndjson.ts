const encoder = new TextEncoder();

/** Texts as they come: the whole is never in memory. */
export function textStream(texts: AsyncGenerator<string>, headers: Record<string, string>): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
  return new Response(body, { headers });
}

/** One JSON object a line. */
export async function* jsonLines(head: readonly unknown[], batches: AsyncGenerator<readonly unknown[]>) {
  if (head.length > 0) yield linesOf(head);
  for await (const batch of batches) yield linesOf(batch);
}

const linesOf = (values: readonly unknown[]): string => values.map((one) => `${JSON.stringify(one)}\n`).join('');
