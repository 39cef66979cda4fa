import { z } from 'zod';
import { findingSchema } from './finding.ts';
import { stepSchema } from './step.ts';

/** Risk classes of DESIGN §9; `read` changes nothing. */
export const risks = ['read', 'low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof risks)[number];

/** Something that was decided for the user (`auto`), with the reason; stored with the revision. */
export const decisionSchema = z.object({
  path: z.string(),
  value: z.union([z.string(), z.number()]),
  reason: z.string(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** The ordered steps from an observation to a revision, as data. Empty steps: nothing to do. */
export const planSchema = z.object({
  /** SHA-256 in hex over cluster, base and target revision, steps, decisions and risk (RFC 8785 JSON). */
  digest: z.string(),
  cluster: z.string(),
  base: z.number().nullable(),
  revision: z.number(),
  steps: z.array(stepSchema),
  decisions: z.array(decisionSchema),
  risk: z.enum(risks),
  /** Things worth knowing that stop nothing. */
  warnings: z.array(findingSchema),
});
export type Plan = z.infer<typeof planSchema>;
