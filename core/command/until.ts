import { momentOf } from '../audit-query/moment.ts';
import { dayMs } from '../length.ts';

/** From now to `18:00` (UTC, the next one), `2026-11-27` or `2026-11-27T18:00Z`, in whole minutes; null for what is none. */
export function minutesUntil(text: string, nowMs: number): number | null {
  const isClock = /^\d{1,2}:\d{2}$/.test(text);
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const at = momentOf(isClock ? `${today}T${text.padStart(5, '0')}` : text, nowMs);
  if (at === null || text.startsWith('-')) return null;
  const toMs = isClock && at.from <= nowMs ? at.from + dayMs : at.from;
  return Math.ceil((toMs - nowMs) / 60_000);
}
