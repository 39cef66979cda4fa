import { z } from 'zod';
import { findingSchema } from './finding.ts';
import { preflightFactsSchema } from './preflight/facts.ts';
import { checkResultSchema, countedSchema, pairSchema } from './verification.ts';

/** What was found of hosts before anything is changed on them: each by itself, and every ordered pair. */
export const preflightSchema = z.object({
  startedAt: z.string(),
  seconds: z.number(),
  /** `incomplete`: nothing is known to be wrong, and not everything could be looked at. */
  verdict: z.enum(['passed', 'failed', 'incomplete']),
  hosts: z.array(z.string()),
  /** Hosts that are nodes of a swarm already: their ports belong to kernel and engine. */
  members: z.array(z.string()),
  /** Set when not every ordered pair was tested. */
  sampled: z.boolean(),
  facts: z.record(z.string(), preflightFactsSchema),
  pairs: z.array(pairSchema),
  checks: z.array(checkResultSchema),
  /** Those that are not among `checks`; absent where all are. */
  counted: z.array(countedSchema).optional(),
  findings: z.array(findingSchema),
});
export type Preflight = z.infer<typeof preflightSchema>;
