import { z } from 'zod';
import { actorSchema, roles } from './actor.ts';
import { groupSeenSchema } from './access/groups.ts';
import { adoptionSchema } from './adoption.ts';
import { auditDraftSchema, auditEventSchema } from './audit.ts';
import { allFaultKinds } from './audit/faults.ts';
import { queryLengthMax } from './audit-query/parse.ts';
import { fingerprintSchema, hostSchema } from './host.ts';
import { ontoSchema } from './onto.ts';
import { hostFactsSchema } from './observation.ts';
import {
  operationErrorSchema,
  operationKinds,
  operationSchema,
  operationStates,
  preflightStopsSchema,
} from './operation.ts';
import { pageQuerySchema } from './page.ts';
import { outcomeSchema, stepSchema } from './step.ts';
import { planSchema, decisionSchema } from './plan.ts';
import { logTailMax } from './log-limits.ts';
import { approvalSchema } from './approval/approval.ts';
import { reportBodySchema } from './report.ts';
import { specSchema } from './spec/spec.ts';
import { nameSchema } from './spec/names.ts';
import { preflightSchema } from './preflight.ts';
import { verificationSchema } from './verification.ts';

/* The HTTP contract, the same for API, CLI, workers and tests. Row types never leave apps/api. */

/** RFC 9457, with our `code`, what was done, what to do next, and pointers into the request. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  instance: z.string().optional(),
  done: z.string().optional(),
  next: z.string().optional(),
  host: z.string().optional(),
  issues: z.array(z.object({ pointer: z.string(), message: z.string(), line: z.number().optional() })).optional(),
  /** The operation that stands in the way, or that was made. */
  operation: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const addHostSchema = z.strictObject({
  name: nameSchema,
  address: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535).default(22),
  user: z.string().min(1).max(64).default('root'),
  key: z.string().min(1).max(64).default('default'),
  via: nameSchema.nullable().default(null),
  /** Pin this key: `SHA256:…` as ssh-keygen -l prints it. */
  fingerprint: fingerprintSchema.nullable().default(null),
  /** Pin whatever key the host shows first. */
  acceptNew: z.boolean().default(false),
  /** Only workers with this label can reach it. */
  workerLabel: nameSchema.nullable().default(null),
});
export type AddHost = z.input<typeof addHostSchema>;

export const hostViewSchema = hostSchema.extend({
  /** Only workers with this label are given operations on it; null: every worker. */
  workerLabel: nameSchema.nullable(),
  lastSeen: z.object({ at: z.string(), facts: hostFactsSchema }).nullable(),
});
export type HostView = z.infer<typeof hostViewSchema>;

export const clusterModes = ['managed', 'adopted'] as const;
export const clusterViewSchema = z.object({
  name: z.string(),
  /** The swarm's own id, once it was formed. */
  swarmId: z.string().nullable(),
  /** NodeID of each host, as far as known. One that was taken out unseen keeps the one that it still believes in. */
  nodes: z.record(z.string(), z.string()),
  currentRevision: z.number().nullable(),
  /** `adopted`: somebody else formed the swarm; it is looked at, and not changed before it is taken over. */
  mode: z.enum(clusterModes),
  /** What was seen when it was adopted the last time. */
  adoption: adoptionSchema.nullable(),
  createdAt: z.string(),
});
export type ClusterView = z.infer<typeof clusterViewSchema>;

export const revisionStates = ['proposed', 'current', 'superseded', 'withdrawn', 'denied', 'expired'] as const;
export const revisionViewSchema = z.object({
  cluster: z.string(),
  number: z.number(),
  base: z.number().nullable(),
  state: z.enum(revisionStates),
  spec: specSchema,
  /** Values chosen for `auto`, fixed when the revision was first planned. */
  decisions: z.array(decisionSchema),
  /** How it came about: `apply -f`, or the verb. */
  origin: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
});
/** What an edit has proposed, and the proposal that it goes on with, where that is not what is current. */
export const editedViewSchema = revisionViewSchema.extend({ onto: ontoSchema.nullable() });
export type RevisionView = z.infer<typeof revisionViewSchema>;

const reason = z.string().max(1000).nullable().default(null);
const origin = z.string().max(200).default('apply');

/** Propose a whole spec. `base` is the revision it was written against; null means: whatever is current. */
export const proposeSchema = z.strictObject({
  spec: z.unknown(),
  origin,
  base: z.number().int().nullable().default(null),
  takeOver: z
    .boolean()
    .default(false)
    .describe(
      'Networks, services and containers that are there under names of the spec are ours from then on, as they run',
    ),
});
/** Propose by a verb of core/edits.ts. */
export const editSchema = z.strictObject({ verb: z.string(), args: z.unknown() });
/** `revision`: null is the newest one that is proposed on the current one, else the current one. */
export const planRequestSchema = z.strictObject({ revision: z.number().int().nullable().default(null), reason });
/** As for a plan; `digest` binds it to a plan that was seen. `spec` proposes it first, instead of `revision`. */
export const applyRequestSchema = planRequestSchema.extend({
  digest: z.string().nullable().default(null),
  spec: z.unknown().optional(),
  origin,
  /** What of its preflight stops it, when it forms a swarm or makes it grow; `skip` makes none, and is on record. */
  preflight: preflightStopsSchema.default('errors'),
});
/** No networks: all of them. `connectivity`: null is what the spec says. */
export const verifyRequestSchema = z.strictObject({
  networks: z.array(nameSchema).default([]),
  connectivity: z.enum(['full', 'sampled']).nullable().default(null),
  reason,
});
/** Of a cluster: for its newest revision. `full`: every ordered pair, also of more than ten hosts. */
export const clusterPreflightSchema = z.strictObject({
  revision: z.number().int().nullable().default(null),
  full: z.boolean().default(false),
  reason,
});
/** Of hosts that need not be in a cluster: those that are named, or those of a spec, for what it asks of them. */
export const preflightRequestSchema = z.strictObject({
  hosts: z.array(nameSchema).max(500).default([]),
  spec: z.unknown().optional(),
  full: z.boolean().default(false),
  reason,
});
/** `from` is a registered host that is a manager of the swarm. */
export const adoptRequestSchema = z.strictObject({
  from: nameSchema,
  draft: z.boolean().default(false).describe('Propose what runs as the first revision, to be read, and taken over'),
  reason,
});
/** `tail` is 100 of each container, or 10000 where `since` (`10m`, a time) is given; `follow`: and then what comes. */
export const logsOptionsSchema = z.strictObject({
  tail: z.number().int().min(0).max(logTailMax).nullable().default(null),
  since: z.string().min(1).max(64).nullable().default(null),
  follow: z.boolean().default(false),
  reason,
});
/** `task`: `web.1`, `web.1@h2`, an id or the beginning of one. */
export const serviceLogsOptionsSchema = logsOptionsSchema.extend({
  task: z.string().min(1).max(200).nullable().default(null),
});
/** For acts that need nothing but a reason, and may do without. */
export const reasonSchema = z.strictObject({ reason });
/** For acts that a reader of the record will ask about. */
export const pinHostSchema = z.strictObject({
  fingerprint: fingerprintSchema.describe('The key that the host must show'),
  force: z
    .boolean()
    .default(false)
    .describe('Also where another engine than the one on record answers behind that key, or none'),
  reason,
});
/** What is left out stays as it is; `via` null: directly. */
export const setHostSchema = z.strictObject({
  address: addHostSchema.shape.address.optional(),
  port: addHostSchema.shape.port.unwrap().optional(),
  user: addHostSchema.shape.user.unwrap().optional(),
  key: addHostSchema.shape.key.unwrap().optional(),
  via: nameSchema.nullable().optional().describe('`null`: directly'),
  force: z.boolean().default(false).describe('Also where another engine than the one on record answers there, or none'),
  reason,
});
export const givenReasonSchema = z.strictObject({ reason: z.string().min(1).max(1000) });

export const whoamiSchema = z.object({
  actor: actorSchema,
  /** The role of the person, or of the token where that is less. */
  role: z.enum(roles),
  /** Patterns of the clusters that the token is for. */
  clusters: z.array(z.string()),
  expiresAt: z.string().nullable(),
  /** Public id of the token. */
  token: z.string(),
  /** Slack groups that the policy names, as far as they are known of the person. */
  groups: z.array(groupSeenSchema),
});

/** The answer to `?dry_run=true`: the request would be done, and this would be on record. */
export const dryRunSchema = z.object({
  dryRun: z.literal(true),
  would: z.array(auditDraftSchema.pick({ action: true, outcome: true, cluster: true, target: true })),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** `ok` is false when something that an accept needs is away; `missing` says what. */
export const healthSchema = z.object({
  ok: z.boolean(),
  version: z.string(),
  missing: z.array(z.string()),
  /** What accepted operations wait for; they are accepted all the same. */
  waiting: z.array(z.string()),
  /** Rings for workers that did not get through since the start; the sweeper rings again. */
  lostRings: z.number(),
});

export const stepViewSchema = z.object({
  step: stepSchema,
  state: z.enum(['waiting', 'running', 'ended']),
  outcome: outcomeSchema.nullable(),
  ms: z.number().nullable(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const operationViewSchema = operationSchema.extend({
  steps: z.array(stepViewSchema),
  plan: planSchema.nullable(),
  /** What was or is to be approved, if anything. */
  approval: approvalSchema.nullable(),
  /** Of an apply: the revision that was carried out whole last before it. */
  wholeBefore: z.number().nullable().optional(),
});
export type OperationView = z.infer<typeof operationViewSchema>;

/** One event of an operation's stream; `id` is the SSE id and grows by one within the operation. */
export const operationEventSchema = z.object({
  id: z.number(),
  operation: z.string(),
  at: z.string(),
  body: z.union([
    reportBodySchema,
    z.object({ type: z.literal('state'), state: z.enum(operationStates), error: operationErrorSchema.nullable() }),
    z.object({ type: z.literal('planned'), plan: planSchema }),
  ]),
});
export type OperationEvent = z.infer<typeof operationEventSchema>;

export const verificationViewSchema = z.object({
  id: z.string(),
  cluster: z.string(),
  operation: z.string(),
  at: z.string(),
  verification: verificationSchema,
});
export type VerificationView = z.infer<typeof verificationViewSchema>;

export const preflightViewSchema = z.object({
  id: z.string(),
  /** Null for hosts that were in none. */
  cluster: z.string().nullable(),
  operation: z.string(),
  at: z.string(),
  preflight: preflightSchema,
});
export type PreflightView = z.infer<typeof preflightViewSchema>;

export const recordCheckSchema = z.object({
  ok: z.boolean(),
  /** Events found whole, from the first that is here. */
  events: z.number(),
  from: z.number(),
  /** Hash of the last event. */
  head: z.string(),
  /** The last event that a signed checkpoint covers, and how many checkpoints there are. */
  signedThrough: z.number(),
  checkpoints: z.number(),
  /** The public key, as C2SP writes it; compare it with the one that you kept. */
  key: z.string().nullable(),
  fault: z.object({ kind: z.enum(allFaultKinds), sequence: z.number().nullable(), reason: z.string() }).nullable(),
  /** With `reconcile`: rows without their event, and events without their row. */
  mismatches: z.array(z.object({ what: z.string(), id: z.string() })),
});
export type RecordCheckView = z.infer<typeof recordCheckSchema>;

export const auditKeySchema = z.object({
  /** `<name>+<key id>+<base64>`, as C2SP writes it. */
  verifier: z.string(),
  /** The same key in PEM, for openssl. */
  pem: z.string(),
  /** The last checkpoint as a signed note; null before the first. */
  checkpoint: z.string().nullable(),
});

/** `anchor` is a checkpoint that was kept elsewhere. */
export const verifyAuditQuerySchema = z.object({
  anchor: z.string().max(4000).optional(),
  reconcile: z.enum(['true', 'false']).default('false'),
});

export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export const auditPageSchema = pageOf(auditEventSchema);

/** Filters of the record; all that are given must fit. Newest first, the cursor is a sequence number. */
export const auditQuerySchema = pageQuerySchema.extend({
  /** The query language (docs/audit.md): `actor:ada action:operation.* -7d "text"`. */
  q: z.string().max(queryLengthMax).optional(),
  /** `person:<id>`, `worker:<id>`, or the person's name. */
  actor: z.string().optional(),
  action: z.string().optional(),
  cluster: z.string().optional(),
  operation: z.string().optional(),
  outcome: auditDraftSchema.shape.outcome.optional(),
});
export const exportQuerySchema = auditQuerySchema
  .omit({ cursor: true, limit: true })
  .extend({ format: z.enum(['ndjson', 'csv']).default('ndjson') });

export const operationQuerySchema = pageQuerySchema.extend({
  cluster: z.string().optional(),
  state: z.enum(operationStates).optional(),
  kind: z.enum(operationKinds).optional(),
});
