import { z } from 'zod';
import { findingSchema } from './finding.ts';
import { hostSchema } from './host.ts';
import { logBatchSchema } from './logs.ts';
import { operationErrorSchema, operationSchema } from './operation.ts';
import { planSchema } from './plan.ts';
import { reportSchema } from './report.ts';
import { heldKinds } from './spec/held.ts';
import { nameSchema } from './spec/names.ts';
import { outcomeSchema } from './step.ts';
import { clusterViewSchema, revisionViewSchema } from './wire.ts';

/* What a worker and the API tell each other. */

/**
 * A lease lasts `leaseMs` and is renewed. While the API is away its holder may go on for `awayMs` by its own monotonic
 * clock. Nobody else gets it before last renewal + `awayMs` + `stepMs`, which is the longest timeout of any step.
 */
export const leaseTimes = { leaseMs: 30_000, awayMs: 120_000, stepMs: 600_000 } as const;

/** What a worker says of itself: hosts that are bound to a label are for workers that have it. */
const labelsSchema = z.array(nameSchema).max(50).default([]);

/** `worker` is the id that the worker stores on disk, so that a restart gets its own lease back at once. */
export const leaseRequestSchema = z.object({ worker: z.string(), operation: z.string(), labels: labelsSchema });

/**
 * Doorbells over a line that the worker opened. `after` is from the answer before: what it told is not told again
 * before something changed or `wait` seconds went by.
 */
export const doorbellsQuerySchema = z.object({
  worker: z.string(),
  /** With commas between them. */
  labels: z.string().max(3000).default(''),
  after: z.string().max(100).default(''),
  wait: z.coerce.number().int().min(0).max(60).default(0),
});
export const doorbellsSchema = z.object({
  doorbells: z.array(z.object({ operation: z.string(), number: z.number() })),
  after: z.string(),
});
export type Doorbells = z.infer<typeof doorbellsSchema>;

/** Operations that a worker holds: what it goes on with after a restart. */
export const heldQuerySchema = z.object({ worker: z.string() });
export const heldSchema = z.object({ operations: z.array(z.string()) });

/** The request by which an operation was asked for; `traceparent` is W3C's, of the span that it was in. */
export const originSchema = z.object({ requestId: z.string(), traceparent: z.string().nullable() });
export type Origin = z.infer<typeof originSchema>;

/** Everything a worker needs to run an operation; no secret in it. */
export const leaseSchema = z.object({
  operation: operationSchema,
  fence: z.number(),
  /** Milliseconds until the lease runs out unless renewed. */
  leaseMs: z.number(),
  cluster: clusterViewSchema.nullable(),
  revision: revisionViewSchema.nullable(),
  hosts: z.array(hostSchema),
  /** Kinds of which revisions before this one made some, that may be there still. */
  heldBefore: z.array(z.enum(heldKinds)).optional(),
  /** The plan accepted under an earlier lease; then no new observation is needed. */
  plan: planSchema.nullable(),
  /** Outcomes of steps that ended under an earlier lease. */
  ledger: z.record(z.string(), outcomeSchema),
  /** The next report's sequence number. */
  nextSequence: z.number(),
  /** Null for what was asked for before this was kept. */
  origin: originSchema.nullable(),
});
export type Lease = z.infer<typeof leaseSchema>;

export const fenceSchema = z.object({ worker: z.string(), fence: z.number() });
export const renewedSchema = z.object({ leaseMs: z.number(), cancelRequested: z.boolean() });

export const observedRequestSchema = fenceSchema.extend({ observation: z.unknown() });
/** `refused` ends the operation: nothing was changed. `waiting` takes the lease back until the plan is approved. */
export const plannedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), plan: planSchema }),
  z.object({ kind: z.literal('waiting'), plan: planSchema }),
  z.object({ kind: z.literal('refused'), error: operationErrorSchema, findings: z.array(findingSchema) }),
]);
export type Planned = z.infer<typeof plannedSchema>;
/** What the planner itself answers; whether a plan has to wait is not its to say. */
export type PlanOrRefusal = Exclude<Planned, { kind: 'waiting' }>;

/** What was seen of a swarm is on record now; `refused` has ended the operation. */
export const adoptedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('adopted') }),
  z.object({ kind: z.literal('refused'), error: operationErrorSchema }),
]);
export type Adopted = z.infer<typeof adoptedSchema>;

/** What programs printed, for who waits for it. */
export const handOverSchema = fenceSchema.extend(logBatchSchema.shape);

export const reportsRequestSchema = fenceSchema.extend({ reports: z.array(reportSchema).max(500) });
export const reportsAnswerSchema = z.object({ accepted: z.number(), cancelRequested: z.boolean() });
