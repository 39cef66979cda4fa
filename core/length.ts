/** In seconds. */
export const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
export const dayMs = units.d * 1000;
export const isUnit = (text: string): text is keyof typeof units => Object.hasOwn(units, text);

/** Seconds of a length of time as people write it: `90s`, `15m`, `2h`, `1d`; null for anything else. */
export function secondsOf(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  return count === undefined || !isUnit(unit) ? null : Number(count) * units[unit];
}

/** Whole minutes of `30m`, `2h`, `3d`, for what is kept by the minute; null for seconds and for what is no length. */
export function minutesOf(text: string): number | null {
  const seconds = text.trim().endsWith('s') ? null : secondsOf(text);
  return seconds === null ? null : seconds / units.m;
}

/** A length in the largest unit that needs no fraction: 900 seconds are `15m`. */
export function lengthText(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => seconds % units[one] === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / units[unit]}${unit}`;
}
