/**
 * Counts requests of one key against a rate. The one here keeps its counts in this process; where requests come in at
 * many places (Workers), one over a Durable Object takes its place.
 */
export interface Limiter {
  take: (key: string, nowMs: number) => Taken | Promise<Taken>;
}

export interface Taken {
  allowed: boolean;
  /** Requests in a minute, how many are left now, and seconds until one more is. */
  limit: number;
  remaining: number;
  resetS: number;
}

/** Keys that are remembered; those that have all their requests again are forgotten first. */
const keysMax = 10_000;

/** Token buckets: a minute's requests may come at once, then they come back evenly. */
export function memoryLimiter(perMinute: number): Limiter {
  const buckets = new Map<string, { left: number; atMs: number }>();
  const perMs = perMinute / 60_000;
  return {
    take(key, nowMs) {
      const known = buckets.get(key);
      const left = Math.min(perMinute, (known?.left ?? perMinute) + (nowMs - (known?.atMs ?? nowMs)) * perMs);
      const allowed = left >= 1;
      buckets.delete(key);
      buckets.set(key, { left: allowed ? left - 1 : left, atMs: nowMs });
      if (buckets.size > keysMax) buckets.delete(buckets.keys().next().value ?? '');
      const remaining = Math.floor(allowed ? left - 1 : left);
      return { allowed, limit: perMinute, remaining, resetS: allowed ? 0 : Math.ceil((1 - left) / perMs / 1000) };
    },
  };
}
