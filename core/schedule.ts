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
