import { setTimeout as pause } from 'node:timers/promises';

/** Waits so long, or until the signal aborts. Never rejects. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);
