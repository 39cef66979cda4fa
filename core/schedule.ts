import { z } from 'zod';

/** Shortest and longest time between two verifications that start by themselves. */
export const everyMinSeconds = 60;
export const everyMaxSeconds = 7 * 86_400;

/** A cluster's schedule: what starts next, and what it started last. */
export const scheduleSchema = z.object({
  cluster: z.string(),
  everySeconds: z.number().int(),
  /** A verification that is due waits for a change or another verification of the cluster to end. */
  nextAt: z.string(),
  lastOperation: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const scheduleRequestSchema = z.strictObject({
  everySeconds: z
    .number()
    .int()
    .min(everyMinSeconds, 'not more often than every minute')
    .max(everyMaxSeconds, 'at least once in seven days'),
  reason: z.string().max(1000).nullable().default(null),
});

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const isUnit = (text: string): text is keyof typeof units => Object.hasOwn(units, text);

/** Seconds of `90s`, `15m`, `2h`, `1d`; null for anything else. */
export function secondsOf(text: string): number | null {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  return number === undefined || !isUnit(unit) ? null : Number(number) * units[unit];
}

/** The same the other way, in the largest unit that needs no fraction: 900 is `15m`. */
export function everyText(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => seconds % units[one] === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / units[unit]}${unit}`;
}
