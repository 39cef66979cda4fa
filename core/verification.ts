import { z } from 'zod';
import { findingSchema } from './finding.ts';

/** One probe from one place to another. `skipped` carries the reason; it is never counted as passed. */
export const checkResultSchema = z.object({
  level: z.enum(['L0', 'L1', 'L2', 'L3', 'L4', 'L5', 'L6']),
  /** Which check: `dns`, `ping`, `ping-large`, `tcp`, `bulk`, `http`, `published`, `gossip`. */
  check: z.string(),
  network: z.string().nullable(),
  from: z.string(),
  /** Host of the target, where it has one. */
  to: z.string().nullable(),
  /** What was asked for: a name, an address, a URL. */
  target: z.string(),
  result: z.enum(['ok', 'failed', 'unknown', 'skipped']),
  detail: z.string(),
  ms: z.number().nullable(),
  /** For one that failed: the prober's word for why, such as `timeout`, `refused` or `too_long`. */
  error: z.string().optional(),
  /** For `too_long`: what the path is said to carry. */
  mtu: z.number().optional(),
  /** For echoes: the share that was lost, 0 to 1. */
  loss: z.number().optional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** Checks of one kind that came to the same, told by their number: there were too many to keep each of them. */
export const countedSchema = checkResultSchema
  .pick({ level: true, check: true, network: true, result: true })
  .extend({ count: z.number() });
export type Counted = z.infer<typeof countedSchema>;

/** Verdict of one ordered pair of hosts: the worst of its checks. */
export const pairSchema = z.object({
  from: z.string(),
  to: z.string(),
  result: z.enum(['ok', 'failed', 'unknown', 'skipped']),
  rttMs: z.number().nullable(),
  /** Share of its echoes that were lost, 0 to 1; absent where none was sent. */
  loss: z.number().optional(),
});
export type Pair = z.infer<typeof pairSchema>;

export const verificationSchema = z.object({
  startedAt: z.string(),
  seconds: z.number(),
  verdict: z.enum(['passed', 'failed', 'incomplete']),
  nodes: z.array(z.string()),
  /** Set when not every ordered pair was tested. */
  sampled: z.boolean(),
  pairs: z.array(pairSchema),
  checks: z.array(checkResultSchema),
  /** Those that are not among `checks`; absent where all are. */
  counted: z.array(countedSchema).optional(),
  findings: z.array(findingSchema),
});
export type Verification = z.infer<typeof verificationSchema>;
