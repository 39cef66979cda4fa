import { dayMs, isUnit, units } from '../length.ts';
import type { Span } from './query.ts';

const relative = /^-(?<count>\d{1,6})(?<unit>[smhdw])$/;
const absolute =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:T(?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A point in time as people write it: `2026-10-01` (the whole day), `2026-10-01T08:30` (UTC unless a zone is given),
 * `-7d`, `today`. The span it covers; null for what is none.
 */
export function momentOf(text: string, nowMs: number): { from: number; to: number } | null {
  const { count, unit = '' } = relative.exec(text)?.groups ?? {};
  if (count !== undefined && isUnit(unit)) {
    const at = nowMs - Number(count) * units[unit] * 1000;
    return { from: at, to: at + 1 };
  }
  if (text === 'today') return dayOf(new Date(nowMs).toISOString().slice(0, 10));
  const { day, time, zone = 'Z' } = absolute.exec(text)?.groups ?? {};
  if (day === undefined) return null;
  if (time === undefined) return dayOf(day);
  const at = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(at) || dayOf(day) === null) return null;
  const length = time.length === 5 ? 60_000 : time.length === 8 ? 1000 : 1;
  return { from: at, to: at + length };
}

function dayOf(day: string): { from: number; to: number } | null {
  const from = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes the 31st of February for a day in March.
  return Number.isNaN(from) || new Date(from).toISOString().slice(0, 10) !== day ? null : { from, to: from + dayMs };
}

/** Reads `a..b`, `>=a`, `>a`, `<=a`, `<a` or `a` with whatever reads a single point. Null when it cannot be read. */
export function spanOf(text: string, point: (text: string) => { from: number; to: number } | null): Span | null {
  const range = /^(?<from>.*?)\.\.(?<to>.*)$/.exec(text)?.groups;
  if (range !== undefined) {
    const from = openPoint(range['from'] ?? '', point);
    const to = openPoint(range['to'] ?? '', point);
    return from === null || to === null || (from === 'open' && to === 'open')
      ? null
      : { from: from === 'open' ? null : from.from, to: to === 'open' ? null : to.to };
  }
  const { sign = '', rest = '' } = /^(?<sign>>=|<=|>|<)?(?<rest>.+)$/.exec(text)?.groups ?? {};
  const at = point(rest);
  if (at === null) return null;
  if (sign === '>=') return { from: at.from, to: null };
  if (sign === '>') return { from: at.to, to: null };
  if (sign === '<=') return { from: null, to: at.to };
  if (sign === '<') return { from: null, to: at.from };
  // A time ago alone means since then.
  return text.startsWith('-') ? { from: at.from, to: null } : at;
}

const openPoint = (
  text: string,
  point: (text: string) => { from: number; to: number } | null,
): { from: number; to: number } | 'open' | null => (text === '' || text === '*' ? 'open' : point(text));
