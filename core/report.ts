import { z } from 'zod';
import { findingSchema } from './finding.ts';
import { hostKeySchema } from './host.ts';
import { hostFactsSchema } from './observation.ts';
import { operationErrorSchema } from './operation.ts';
import { outcomeSchema } from './step.ts';
import { inspectionSchema } from './inspection.ts';
import { preflightSchema } from './preflight.ts';
import { runningSchema } from './running.ts';
import { verificationSchema } from './verification.ts';

const at = { at: z.string() };

/** What a worker tells the API while it runs an operation, in the order in which it happened. */
export const reportBodySchema = z.discriminatedUnion('type', [
  z.object({ ...at, type: z.literal('step-started'), step: z.string() }),
  z.object({ ...at, type: z.literal('step-ended'), step: z.string(), outcome: outcomeSchema, ms: z.number() }),
  z.object({
    ...at,
    type: z.literal('note'),
    step: z.string().nullable(),
    host: z.string().nullable(),
    text: z.string(),
  }),
  z.object({ ...at, type: z.literal('finding'), finding: findingSchema }),
  /** The key that a host showed at first contact; pinned by the API when the host was added with acceptNew. */
  z.object({ ...at, type: z.literal('host-key'), host: z.string(), key: hostKeySchema }),
  z.object({ ...at, type: z.literal('host-facts'), host: z.string(), facts: hostFactsSchema }),
  /** The node that a host became. */
  z.object({ ...at, type: z.literal('node'), host: z.string(), nodeId: z.string() }),
  /** The swarm a cluster turned out to be, and which node each host is. */
  z.object({ ...at, type: z.literal('swarm'), swarmId: z.string(), nodes: z.record(z.string(), z.string()) }),
  z.object({ ...at, type: z.literal('verification'), verification: verificationSchema }),
  z.object({ ...at, type: z.literal('preflight'), preflight: preflightSchema }),
  z.object({ ...at, type: z.literal('inspection'), inspection: inspectionSchema }),
  z.object({ ...at, type: z.literal('running'), running: runningSchema }),
  z.object({
    ...at,
    type: z.literal('ended'),
    state: z.enum(['succeeded', 'failed', 'blocked', 'cancelled']),
    error: operationErrorSchema.nullable(),
  }),
]);
export type ReportBody = z.infer<typeof reportBodySchema>;

/** `sequence` counts from 1 within an operation, over all leases: a repeat is accepted and changes nothing. */
export const reportSchema = z.object({ sequence: z.number().int().min(1), body: reportBodySchema });
export type Report = z.infer<typeof reportSchema>;
