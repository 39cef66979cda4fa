import { setTimeout as pause } from 'node:timers/promises';
import type { CallOptions, EngineClient } from './engine.ts';
import { pingEngine } from './system.ts';

interface Limits {
  /** Until then the call is simply waited for. */
  doubtMs: number;
  pingMs: number;
}

/**
 * A read that is waited for as long as the engine answers a ping meanwhile. One that is busy, or whose swarm looks for a
 * leader, may take its time; one that hangs is told as such long before the call's own time limit.
 * @throws AppError of the call, or `engine_unreachable` of the ping.
 */
export async function whileAlive<T>(
  engine: EngineClient,
  call: (options: CallOptions) => Promise<T>,
  { doubtMs, pingMs }: Limits = { doubtMs: 3000, pingMs: 10_000 },
): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const answer = call({ signal });
  const doubt = pause(doubtMs, undefined, { signal }).then(() => pingEngine(engine, { signal, timeoutMs: pingMs }));
  try {
    return await Promise.race([answer, doubt.then(() => answer)]);
  } finally {
    over.abort();
    await Promise.allSettled([answer, doubt]);
  }
}
