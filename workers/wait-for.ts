import { setTimeout as pause } from 'node:timers/promises';
/**
 * Asks again and again until there is an answer, or the limit is over (then undefined).
 * The pause grows from `firstMs` to `longestMs`, so that quick changes are seen quickly and slow ones cost little.
 */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  limits: { limitMs: number; firstMs?: number; longestMs?: number },
): Promise<T | undefined> {
  const end = performance.now() + limits.limitMs;
  let pauseMs = limits.firstMs ?? 20;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() + pauseMs > end) return undefined;
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, limits.longestMs ?? 500);
  }
}
