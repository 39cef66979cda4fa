import { z } from 'zod';

/**
 * What a check found. `core/causes/finding-of.ts` makes them from the catalogue. One with severity error or warning
 * that follows from no other and is not a mere symptom is a root cause.
 */
export const findingSchema = z.object({
  /** Stable id of the cause, such as `gossip-port-held`; each has a page in docs/causes. */
  id: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  /** One sentence: what is wrong. */
  message: z.string(),
  /** Hosts at fault: the bad one, not everybody who suffers from it. */
  hosts: z.array(z.string()).default([]),
  /** For a one-way fault: `from` cannot reach `to`. */
  direction: z.object({ from: z.string(), to: z.string() }).optional(),
  /** The overlay network that it is about, where it is about one. */
  network: z.string().optional(),
  evidence: z.array(z.string()).default([]),
  /** What to do next: imperative sentences, commands in backticks. */
  fix: z.string().optional(),
  confidence: z.enum(['certain', 'likely', 'possible']).default('certain'),
  /** Id of the finding that explains this one; null for a cause of its own. */
  consequenceOf: z.string().nullable().default(null),
  /** True when only the symptom is known. */
  symptom: z.boolean().default(false),
});
export type Finding = z.infer<typeof findingSchema>;
