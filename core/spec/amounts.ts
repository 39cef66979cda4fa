import { z } from 'zod';

const units = { g: 2 ** 30, m: 2 ** 20, k: 2 ** 10, b: 1 } as const;
const form = /^(\d+(?:\.\d+)?)([bkmg])?(?:(?<=[kmg])b)?$/i;

/** Bytes of a size such as `512m` or `1.5gb`; a number alone is bytes. */
export function bytesOf(text: string): number {
  const [, amount, unit = 'b'] = form.exec(text) ?? [];
  const size = Object.entries(units).find(([name]) => name === unit.toLowerCase())?.[1];
  return Math.round(Number(amount) * (size ?? Number.NaN));
}

/** The one way in which we write a size: the largest unit that it is a whole number of. */
export function sizeText(bytes: number): string {
  const [unit, size] = Object.entries(units).find(([, one]) => bytes % one === 0) ?? ['b', 1];
  return bytes === 0 ? '0b' : `${bytes / size}${unit}`;
}

/** Bytes of memory as Compose writes them: `512m`, `1gb`, or a number. Kept in the one way in which we write them. */
export const sizeSchema = z
  .union([z.string().regex(form, 'write a size such as `512m` or `1g`'), z.number().int().min(0).transform(String)])
  .transform((text) => sizeText(bytesOf(text)));

/** Engines give no container less than this. */
export const memorySchema = sizeSchema.refine((text) => bytesOf(text) >= 6 * units.m, 'must be at least 6m');

/** A number of processors, such as `0.5`; kept as text. */
export const cpusSchema = z
  .union([
    z
      .string()
      .regex(/^\d+(?:\.\d+)?$/, 'write a number such as `0.5`')
      .transform(Number),
    z.number(),
  ])
  .refine((cpus) => cpus >= 0.01, 'must be at least 0.01')
  .transform((cpus) => String(cpus));

/** Processors as engines count them. */
export const nanoCpusOf = (cpus: string): number => Math.round(Number(cpus) * 1e9);
