/* When to try again: the schedule that Standard Webhooks gives as an example, some three days in all. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const delaysMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
/** A receiver cannot put us off for longer than this by its Retry-After. */
const retryAfterMaxMs = 24 * hour;

export const attemptsMax = delaysMs.length + 1;

/**
 * When the attempt after so many is due; null when that was the last. A tenth more or less, so that what failed together
 * does not come back together; not before the receiver wants it.
 */
export function nextAttemptMs(
  attempts: number,
  { nowMs, random, retryAfterMs = 0 }: { nowMs: number; random: number; retryAfterMs?: number },
): number | null {
  const delay = delaysMs[attempts - 1];
  if (delay === undefined) return null;
  return nowMs + Math.max(Math.round(delay * (0.9 + random * 0.2)), Math.min(retryAfterMs, retryAfterMaxMs));
}
