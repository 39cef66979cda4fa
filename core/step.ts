import { z } from 'zod';
import { findingSchema } from './finding.ts';
import { containerSchema } from './spec/service.ts';
import { httpCheckSchema } from './spec/spec.ts';
import { volumeSchema } from './spec/volumes.ts';

/**
 * Every step is one idempotent change on one host: observe, act, confirm by observing again.
 * A step kind without an executor does not compile, and its plan text comes from the same value (wording.ts).
 */
export interface StepArgs {
  /** Reachable, host key pinned, engine usable and new enough, no stale gossip agent. Changes nothing. */
  'prepare-host': { joins: boolean };
  'init-swarm': {
    cluster: string;
    advertiseAddr: string;
    dataPathAddr: string | null;
    dataPathPort: number;
    addressPools: string[];
    subnetSize: number;
  };
  /** `via` is the host whose engine gives the token and whose address is joined. */
  'join-manager': { via: string; remoteAddr: string; advertiseAddr: string; dataPathAddr: string | null };
  'join-worker': { via: string; remoteAddr: string; advertiseAddr: string; dataPathAddr: string | null };
  'set-node': {
    node: string;
    /** NodeID of a node that was listed when the plan was made; absent for one that joins in the same plan. */
    id?: string | undefined;
    role: 'manager' | 'worker';
    availability: 'active' | 'pause' | 'drain';
    labels: Record<string, string>;
  };
  /** No task is left on the node when it is done. */
  'drain-node': { node: string; id: string };
  /** Confirmed when the engine is in no swarm and port 7946 is free. `id` is the node that the host is, or was. */
  'leave-swarm': { node: string; id: string };
  /** The last node leaves, and the swarm with all that it holds is no more. Confirmed as for `leave-swarm`. */
  'end-swarm': { node: string; id: string };
  /** Takes the node off the managers' list, and so the host out of the cluster. By force for a host that was not seen. */
  'remove-node': { node: string; id: string; force: boolean };
  /** `turn` counts rotations of a role's token; the swarm carries the turn that it has had. */
  'rotate-join-token': { role: 'manager' | 'worker'; turn: number };
  'restart-engine': { reason: string };
  /** `create` is the body of `POST /networks/create`, labels included but for the operation's. */
  'create-network': { network: string; create: EngineJson };
  /** `usedBy`: what was on it when the plan was made, to be read; absent in plans from before it was told. */
  'remove-network': { network: string; id: string; usedBy?: string[] | undefined; taken?: true | undefined };
  /** What it says is in the revision, and bound to the plan by its digest; `changes` are lines against the one it replaces. */
  'create-config': {
    config: string;
    name: string;
    digest: string;
    bytes: number;
    labels: Record<string, string>;
    replaces: string | null;
    changes: string[];
  };
  'remove-config': { config: string; id: string };
  /** The worker has its value, and nobody else. */
  'create-secret': { secret: string; labels: Record<string, string> };
  'remove-secret': { secret: string; id: string };
  /** `spec` is the body of `POST /services/create`. */
  'create-service': { service: string; spec: EngineJson };
  /** `labelsOnly`: nothing else is touched, and no task restarted. `taken`, as with the others: ours by its id, not by a label. */
  'update-service': {
    service: string;
    id: string;
    spec: EngineJson;
    changes: string[];
    labelsOnly?: true | undefined;
    taken?: true | undefined;
  };
  'remove-service': { service: string; id: string; taken?: true | undefined };
  /**
   * `taken` is the id of one that is there, or stands aside for it, and is ours by that alone; `aside` is that of one which
   * stands aside where `taken` says so of the container itself.
   */
  'run-container': { container: string; spec: StepContainer; taken?: string | undefined };
  'replace-container': {
    container: string;
    id: string;
    spec: StepContainer;
    changes: string[];
    taken?: true | undefined;
    aside?: string | undefined;
  };
  'remove-container': { container: string; id: string; taken?: true | undefined; aside?: string | undefined };
  verify: StepVerify;
}
export type StepKind = keyof StepArgs;
export type EngineJson = Record<string, unknown>;

/** With the declarations of the named volumes that it mounts: its engine makes those that are not there yet. */
export const stepContainerSchema = containerSchema.extend({
  declared: z.record(z.string(), volumeSchema).optional(),
});
export type StepContainer = z.infer<typeof stepContainerSchema>;

export const stepVerifySchema = z.object({
  connectivity: z.enum(['full', 'sampled', 'none']),
  networks: z.array(z.string()),
  http: z.array(httpCheckSchema),
  /** Ports to be answered from outside: on each host listed. */
  published: z.array(z.object({ of: z.string(), port: z.number(), hosts: z.array(z.string()) })),
});
export type StepVerify = z.infer<typeof stepVerifySchema>;

/** `host` is null for a call to whichever manager answers. `after` are ids of steps that must have succeeded. */
interface StepOf<K extends StepKind> {
  id: string;
  kind: K;
  host: string | null;
  args: StepArgs[K];
  after: string[];
}
export type Step = { [K in StepKind]: StepOf<K> }[StepKind];
export type StepOfKind<K extends StepKind> = StepOf<K>;

const addresses = { advertiseAddr: z.string(), dataPathAddr: z.string().nullable() };
const engineJson = z.record(z.string(), z.unknown());
const taken = z.literal(true).optional();

const argsSchemas = {
  'prepare-host': z.object({ joins: z.boolean() }),
  'init-swarm': z.object({
    cluster: z.string(),
    ...addresses,
    dataPathPort: z.number(),
    addressPools: z.array(z.string()),
    subnetSize: z.number(),
  }),
  'join-manager': z.object({ via: z.string(), remoteAddr: z.string(), ...addresses }),
  'join-worker': z.object({ via: z.string(), remoteAddr: z.string(), ...addresses }),
  'set-node': z.object({
    node: z.string(),
    id: z.string().optional(),
    role: z.enum(['manager', 'worker']),
    availability: z.enum(['active', 'pause', 'drain']),
    labels: z.record(z.string(), z.string()),
  }),
  'drain-node': z.object({ node: z.string(), id: z.string() }),
  'leave-swarm': z.object({ node: z.string(), id: z.string() }),
  'end-swarm': z.object({ node: z.string(), id: z.string() }),
  'remove-node': z.object({ node: z.string(), id: z.string(), force: z.boolean() }),
  'rotate-join-token': z.object({ role: z.enum(['manager', 'worker']), turn: z.number() }),
  'restart-engine': z.object({ reason: z.string() }),
  'create-network': z.object({ network: z.string(), create: engineJson }),
  'remove-network': z.object({ network: z.string(), id: z.string(), usedBy: z.array(z.string()).optional(), taken }),
  'create-config': z.object({
    config: z.string(),
    name: z.string(),
    digest: z.string(),
    bytes: z.number(),
    labels: z.record(z.string(), z.string()),
    replaces: z.string().nullable(),
    changes: z.array(z.string()),
  }),
  'remove-config': z.object({ config: z.string(), id: z.string() }),
  'create-secret': z.object({ secret: z.string(), labels: z.record(z.string(), z.string()) }),
  'remove-secret': z.object({ secret: z.string(), id: z.string() }),
  'create-service': z.object({ service: z.string(), spec: engineJson }),
  'update-service': z.object({
    service: z.string(),
    id: z.string(),
    spec: engineJson,
    changes: z.array(z.string()),
    labelsOnly: z.literal(true).optional(),
    taken,
  }),
  'remove-service': z.object({ service: z.string(), id: z.string(), taken }),
  'run-container': z.object({ container: z.string(), spec: stepContainerSchema, taken: z.string().optional() }),
  'replace-container': z.object({
    container: z.string(),
    id: z.string(),
    spec: stepContainerSchema,
    changes: z.array(z.string()),
    taken,
    aside: z.string().optional(),
  }),
  'remove-container': z.object({ container: z.string(), id: z.string(), taken, aside: z.string().optional() }),
  verify: stepVerifySchema,
} satisfies { [K in StepKind]: z.ZodType<StepArgs[K]> };

const head = { id: z.string(), host: z.string().nullable(), after: z.array(z.string()) };
const stepSchemaOf = <K extends StepKind>(kind: K) =>
  z.object({ ...head, kind: z.literal(kind), args: argsSchemas[kind] });

export const stepSchema = z.discriminatedUnion('kind', [
  stepSchemaOf('prepare-host'),
  stepSchemaOf('init-swarm'),
  stepSchemaOf('join-manager'),
  stepSchemaOf('join-worker'),
  stepSchemaOf('set-node'),
  stepSchemaOf('drain-node'),
  stepSchemaOf('leave-swarm'),
  stepSchemaOf('end-swarm'),
  stepSchemaOf('remove-node'),
  stepSchemaOf('rotate-join-token'),
  stepSchemaOf('restart-engine'),
  stepSchemaOf('create-network'),
  stepSchemaOf('remove-network'),
  stepSchemaOf('create-config'),
  stepSchemaOf('remove-config'),
  stepSchemaOf('create-secret'),
  stepSchemaOf('remove-secret'),
  stepSchemaOf('create-service'),
  stepSchemaOf('update-service'),
  stepSchemaOf('remove-service'),
  stepSchemaOf('run-container'),
  stepSchemaOf('replace-container'),
  stepSchemaOf('remove-container'),
  stepSchemaOf('verify'),
]);

/** What a step ended as. Exceptions are bugs; everything expected is one of these. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), detail: z.string().optional() }),
  z.object({ kind: z.literal('already-done'), detail: z.string().optional() }),
  /** A precondition is false: nothing was changed. */
  z.object({ kind: z.literal('blocked'), finding: findingSchema }),
  z.object({
    kind: z.literal('failed'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      next: z.string().optional(),
      done: z.string().optional(),
    }),
    findings: z.array(findingSchema).default([]),
  }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

export const stepSucceeded = (outcome: Outcome): boolean => outcome.kind === 'done' || outcome.kind === 'already-done';

/** Why a step did not succeed, in a sentence; nothing of one that did. */
export function whyNot(outcome: Outcome): string | undefined {
  if (outcome.kind === 'blocked') return outcome.finding.message;
  return outcome.kind === 'failed' ? outcome.error.message : undefined;
}
