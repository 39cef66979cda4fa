import { z } from 'zod';
import { observedOf } from './observed.ts';

/* What runs in a cluster now: what a manager says of nodes, services and tasks, and each host's engine of its containers. */

/** A node as a manager lists it. `ready` is its word for "answers on 2377", and no proof of the networks. */
const runningNodeSchema = z.object({
  /** Null for a node that is no host of ours. */
  host: z.string().nullable(),
  hostname: z.string(),
  id: z.string(),
  role: z.enum(['manager', 'worker']),
  availability: z.enum(['active', 'pause', 'drain']),
  /** `ready`, `down`, `disconnected` or `unknown`. */
  state: z.string(),
  /** Why, where the manager says so; else empty. */
  message: z.string(),
  leader: z.boolean(),
  /** Whether the other managers reach it; null for a worker. */
  reachability: z.string().nullable(),
  engine: z.string(),
});

/** The task of a slot, or of a node for a global service, with why the one before it ended badly. */
const runningTaskSchema = z.object({
  /** `web.2`; for a global service `web`. */
  name: z.string(),
  /** Host, or the name that a node gives itself where it is none of ours; null while it has no node. */
  node: z.string().nullable(),
  state: z.string(),
  /** When it came to that state. */
  since: z.string().nullable(),
  /** Empty where it has none. */
  error: z.string(),
  lastFailure: z.object({ at: z.string().nullable(), error: z.string() }).nullable(),
});

const runningServiceSchema = z.object({
  name: z.string(),
  /** Made by Flotilla, for this cluster. */
  isOurs: z.boolean(),
  image: z.string(),
  running: z.number(),
  /** Null for a global service that no node runs. */
  wanted: z.number().nullable(),
  /** Of an update that goes on or did not end well. */
  update: z.object({ state: z.string(), message: z.string() }).nullable(),
  tasks: z.array(runningTaskSchema),
});

const runningContainerSchema = z.object({
  name: z.string(),
  image: z.string(),
  /** `running`, `exited`, `restarting`, … */
  state: z.string(),
  /** As `docker ps` says it: `Up 3 minutes (healthy)`. */
  status: z.string(),
});

export const runningSchema = z.object({
  at: z.string(),
  /** Unknown where no manager answers. */
  swarm: observedOf(
    z.object({
      /** The manager that answered. */
      manager: z.string(),
      nodes: z.array(runningNodeSchema),
      services: z.array(runningServiceSchema),
    }),
  ),
  /** Standalone containers by host: those that are ours, and how many others. */
  hosts: z.record(
    z.string(),
    observedOf(z.object({ containers: z.array(runningContainerSchema), others: z.number() })),
  ),
});
export type Running = z.infer<typeof runningSchema>;
export type RunningNode = z.infer<typeof runningNodeSchema>;
export type RunningService = z.infer<typeof runningServiceSchema>;
export type RunningTask = z.infer<typeof runningTaskSchema>;

/** What a look could not see: hosts whose engines did not answer, and whether no manager did. */
export const unseenOf = ({ swarm, hosts }: Running): { swarm: boolean; hosts: string[] } => ({
  swarm: !swarm.known,
  hosts: Object.entries(hosts).flatMap(([host, seen]) => (seen.known ? [] : [host])),
});

/** A service with fewer tasks than it should have, or with an update that does not go on. */
export const isShort = ({ running, wanted, update }: RunningService): boolean =>
  wanted === null || running < wanted || (update !== null && update.state !== 'updating');

/** A task that does not run (yet), or has ended. */
export const isIdle = ({ state }: RunningTask): boolean => state !== 'running';

/** `rollback paused`. */
export const updateText = ({ state }: NonNullable<RunningService['update']>): string => state.replaceAll('_', ' ');
