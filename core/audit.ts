import { z } from 'zod';
import { actorSchema, sources } from './actor.ts';

/**
 * An act that takes time is an `intent` and later its outcome: `succeeded`, `failed`, `cancelled`, or `unknown` when the
 * process died in between. One that is done in the commit that records it is its outcome alone. `denied`: who asked may
 * not; `refused`: it could not be done as things are. `recorded`: something seen, or a look at the record.
 */
export const auditOutcomes = [
  'intent',
  'succeeded',
  'failed',
  'cancelled',
  'unknown',
  'denied',
  'refused',
  'recorded',
] as const;

/** Acts that look at the record or were not carried out are a stream of their own, so that acts stay readable. */
export const auditStreams = ['act', 'access'] as const;
export type AuditStream = (typeof auditStreams)[number];

/** One act as it is told to the store; the store numbers and chains it. Never holds a secret. */
export const auditDraftSchema = z.object({
  /** Dotted verb, such as `operation.requested`, `host.added`, `host-key.changed`. */
  action: z.string(),
  actor: actorSchema,
  source: z.enum(sources),
  outcome: z.enum(auditOutcomes),
  cluster: z.string().nullable(),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  operation: z.string().nullable(),
  reason: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditDraft = z.infer<typeof auditDraftSchema>;

/** An event of the chain. `hash` = SHA-256(domain tag, previous hash, RFC 8785 JSON of the rest), in hex. */
export const auditEventSchema = auditDraftSchema.extend({
  sequence: z.number().int().min(1),
  at: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;
