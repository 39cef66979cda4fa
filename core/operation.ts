import { z } from 'zod';
import { actorSchema } from './actor.ts';
import { fingerprintSchema, hostKeySchema, machineSchema, sshTargetSchema } from './host.ts';
import { logsRequestSchema } from './logs.ts';
import { preflightWantsSchema } from './preflight/wants.ts';

/**
 * Lifecycle of an operation:
 *   queued ──lease──▶ running ──▶ succeeded | failed | blocked | cancelled
 *   queued ──cancel─▶ cancelled
 *   running ──needs approval──▶ awaiting-approval ──approved──▶ queued, to be looked at and planned anew
 *   queued, awaiting-approval ──denied, expired──▶ blocked
 * What awaits approval holds up nobody: it has no lease and no turn until it is queued again.
 * A running operation whose lease ran out stays running until another worker takes it up from its ledger.
 * `blocked` means that a precondition was false and the step that found it changed nothing; retry makes a new operation.
 */
export const operationKinds = [
  'apply',
  'plan',
  'verify',
  'preflight',
  'inspect',
  'ps',
  'logs',
  'adopt',
  'probe-host',
  'clean-host',
  'restart-engine',
  'pin-host',
  'set-host',
] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = [
  'queued',
  'awaiting-approval',
  'running',
  'succeeded',
  'failed',
  'blocked',
  'cancelled',
] as const;
export type OperationState = (typeof operationStates)[number];

const nextStates = {
  queued: ['running', 'cancelled', 'failed', 'blocked'],
  'awaiting-approval': ['queued', 'blocked', 'cancelled'],
  running: ['awaiting-approval', 'succeeded', 'failed', 'blocked', 'cancelled'],
  succeeded: [],
  failed: [],
  blocked: [],
  cancelled: [],
} as const satisfies Record<OperationState, readonly OperationState[]>;

export const canBecome = (from: OperationState, to: OperationState): boolean =>
  nextStates[from].some((state) => state === to);

export const isFinished = (state: OperationState): boolean => nextStates[state].length === 0;

/** States in which an operation has a place in the queue of its cluster. */
export const turnStates = ['queued', 'running'] as const satisfies readonly OperationState[];

/** Kinds that change a cluster: one at a time per cluster, oldest first. */
const changingKinds: readonly OperationKind[] = ['apply', 'restart-engine', 'clean-host', 'pin-host', 'set-host'];
export const isChanging = (kind: OperationKind): boolean => changingKinds.includes(kind);

/** Kinds that wait for their turn on a cluster: changes, and what looks at ports and networks that a change would touch. */
export const takesTurn = (kind: OperationKind): boolean =>
  isChanging(kind) || kind === 'verify' || kind === 'preflight';

/** A question that got its answer: who says "the last" of what to retry or cancel does not mean one. */
export const isAnswered = ({ kind, state }: { kind: OperationKind; state: OperationState }): boolean =>
  state === 'succeeded' && !takesTurn(kind);

/** What stops an apply that forms a swarm or makes it grow: errors of its preflight, warnings too, or nothing (skip). */
export const preflightStopsSchema = z.enum(['errors', 'warnings', 'skip']);

/** What was asked for, by kind. */
export const requestSchema = z.discriminatedUnion('kind', [
  /** `digest` binds the apply to a plan that was seen; null plans and applies at once. */
  z.object({
    kind: z.literal('apply'),
    revision: z.number(),
    digest: z.string().nullable(),
    preflight: preflightStopsSchema.exclude(['errors']).optional(),
  }),
  z.object({ kind: z.literal('plan'), revision: z.number() }),
  z.object({
    kind: z.literal('verify'),
    networks: z.array(z.string()),
    connectivity: z.enum(['full', 'sampled']).nullable(),
  }),
  /** `hosts` may be of no cluster; `wants` is what a spec asks of them. `full`: every pair, also of many hosts. */
  z.object({
    kind: z.literal('preflight'),
    hosts: z.array(z.string()),
    wants: preflightWantsSchema,
    full: z.boolean(),
  }),
  z.object({ kind: z.literal('inspect'), network: z.string() }),
  /** What runs in the cluster now, also while it is changed. */
  z.object({ kind: z.literal('ps') }),
  /** What programs printed; goes to who asked, past the database. */
  logsRequestSchema,
  /** Reads the swarm of the host `from` and records it as this cluster; changes nothing on any host. */
  /** `draft`: what runs is written as a spec, too. */
  z.object({ kind: z.literal('adopt'), name: z.string(), from: z.string(), draft: z.literal(true).optional() }),
  z.object({ kind: z.literal('probe-host'), host: z.string() }),
  z.object({ kind: z.literal('clean-host'), host: z.string() }),
  z.object({ kind: z.literal('restart-engine'), host: z.string(), reason: z.string() }),
  /** Holds a host to another SSH key from now on, if the machine that shows it is the one on record. */
  z.object({
    kind: z.literal('pin-host'),
    host: z.string(),
    fingerprint: fingerprintSchema,
    /** The pins that it takes the place of. */
    replaces: z.array(hostKeySchema),
    recorded: machineSchema,
    /** Also where another engine answers behind the key, or none. */
    force: z.boolean(),
  }),
  /** Reaches a host in another way from now on, if the machine there is the one on record. */
  z.object({
    kind: z.literal('set-host'),
    host: z.string(),
    from: sshTargetSchema,
    to: sshTargetSchema,
    recorded: machineSchema,
    /** Also where another engine answers there, or none. */
    force: z.boolean(),
  }),
]);
export type OperationRequest = z.infer<typeof requestSchema>;

/** Why an operation did not succeed. */
export const operationErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  done: z.string().optional(),
  next: z.string().optional(),
  host: z.string().optional(),
});
export type OperationError = z.infer<typeof operationErrorSchema>;

export const operationSchema = z.object({
  id: z.string(),
  kind: z.enum(operationKinds),
  cluster: z.string().nullable(),
  state: z.enum(operationStates),
  request: requestSchema,
  actor: actorSchema,
  reason: z.string().nullable(),
  planDigest: z.string().nullable(),
  error: operationErrorSchema.nullable(),
  /** Set for kinds that answer with data: verify, preflight, inspect, ps, probe-host, pin-host, set-host. */
  result: z.unknown(),
  cancelRequested: z.boolean(),
  /** The operation that this one retries. */
  retryOf: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type Operation = z.infer<typeof operationSchema>;
