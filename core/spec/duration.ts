import { z } from 'zod';

/** Nanoseconds of each unit that Compose knows. */
const units = { h: 3_600_000_000_000, m: 60_000_000_000, s: 1_000_000_000, ms: 1_000_000, us: 1000 } as const;

const form = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;

/** Nanoseconds, as engines count, of a duration such as `1m30s`. */
export function nanosecondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
  return Math.round(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitOf(unit), 0));
}

const unitOf = (unit: string | undefined): number =>
  Object.entries(units).find(([name]) => name === unit)?.[1] ?? Number.NaN;

/** The one way in which we write a duration: `90s` and `1m30s` are both `1m30s`. */
export function durationText(nanoseconds: number): string {
  let rest = nanoseconds;
  let text = '';
  for (const [unit, size] of Object.entries(units)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** A duration of Compose, below a month: `1m30s`, `500ms`. It is kept in the one way in which we write it. */
export const durationSchema = z
  .string()
  .regex(form, 'write a duration such as `30s` or `1m30s`')
  .refine((text) => nanosecondsOf(text) <= 720 * units.h, 'must be at most 720h')
  .transform((text) => durationText(nanosecondsOf(text)));
