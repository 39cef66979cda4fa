const limitMs = 20_000;

/** A checkpoint as the body of a POST. Rejects for any answer but a good one. */
export async function pushByPost(url: string, note: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: note,
    // Not `error`, which workerd does not know: an answer that sends elsewhere is no good one.
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}
