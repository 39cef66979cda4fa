import { z } from 'zod';
import { observedOf } from './observed.ts';

/** What one engine says of itself in `GET /info`, `GET /version` and `/_ping`. */
export const engineFactsSchema = z.object({
  version: z.string(),
  apiVersion: z.string(),
  engineId: z.string(),
  hostname: z.string(),
  os: z.string(),
  arch: z.string(),
  kernel: z.string(),
  liveRestore: z.boolean(),
  rootless: z.boolean(),
  swarm: z.object({
    state: z.enum(['inactive', 'pending', 'active', 'error', 'locked']),
    nodeId: z.string().nullable(),
    nodeAddr: z.string().nullable(),
    controlAvailable: z.boolean(),
    /** Only managers know it. */
    clusterId: z.string().nullable(),
    error: z.string().nullable(),
  }),
});
export type EngineFacts = z.infer<typeof engineFactsSchema>;

/** What the host's system says, read over SSH by one read-only script. */
export const systemFactsSchema = z.object({
  machineId: z.string().nullable(),
  /** True when the kernel has ip_vs (loaded, or loadable as a module). */
  ipVs: z.boolean(),
  listeningTcp: z.array(z.number()),
  listeningUdp: z.array(z.number()),
  addresses: z.array(z.object({ iface: z.string(), address: z.string(), prefix: z.number(), mtu: z.number() })),
  /** Milliseconds since the epoch on the host, minus the worker's clock at the same moment. */
  clockOffsetMs: z.number(),
  /** Smallest underlay MTU in bytes toward each other host that was asked for, with how it was found. */
  pathMtu: z.record(z.string(), z.object({ bytes: z.number(), measured: z.boolean() })),
  /**
   * Of addresses of other hosts: whether they answer, and which source address the kernel uses toward them. Asked where
   * a host has several addresses to choose from.
   */
  reach: z.record(z.string(), z.object({ answers: z.boolean(), source: z.string().nullable() })).optional(),
});
export type SystemFacts = z.infer<typeof systemFactsSchema>;

/** A container that is not a swarm task, as `GET /containers/json?all=1` lists it. */
export const containerFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  state: z.string(),
  labels: z.record(z.string(), z.string()),
  networks: z.array(z.string()),
  publishedPorts: z.array(z.number()),
});
export type ContainerFacts = z.infer<typeof containerFactsSchema>;

export const hostFactsSchema = z.object({
  engine: engineFactsSchema,
  system: observedOf(systemFactsSchema),
  containers: z.array(containerFactsSchema),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;

const nodeFactsSchema = z.object({
  id: z.string(),
  hostname: z.string(),
  role: z.enum(['manager', 'worker']),
  availability: z.enum(['active', 'pause', 'drain']),
  state: z.string(),
  addr: z.string(),
  leader: z.boolean(),
  /** Whether the managers count it as one of them; absent where that was not looked at. */
  inRaft: z.boolean().optional(),
  labels: z.record(z.string(), z.string()),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

const networkFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  driver: z.string(),
  attachable: z.boolean(),
  internal: z.boolean(),
  ingress: z.boolean(),
  enableIpv6: z.boolean(),
  options: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  subnets: z.array(z.object({ subnet: z.string(), gateway: z.string().nullable(), ipRange: z.string().nullable() })),
});
export type NetworkFacts = z.infer<typeof networkFactsSchema>;

const serviceFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  /** `Spec` of the Engine API as it came, compared field by field with what we would send. */
  spec: z.record(z.string(), z.unknown()),
});
export type ServiceFacts = z.infer<typeof serviceFactsSchema>;

/** A secret or config of the swarm. */
const heldFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  /** Of a config of ours of which the spec says something else now, unless it is long: what it says. */
  content: z.string().optional(),
});
export type HeldFacts = z.infer<typeof heldFactsSchema>;

/** The swarm as one of its managers sees it. */
export const swarmFactsSchema = z.object({
  id: z.string(),
  labels: z.record(z.string(), z.string()),
  /** The host that was asked. */
  manager: z.string(),
  dataPathPort: z.number(),
  addressPools: z.array(z.string()),
  subnetSize: z.number(),
  nodes: z.array(nodeFactsSchema),
  /** Managers of a swarm with the same id that follow another leader; absent where there is none. */
  rivals: z.array(z.string()).optional(),
  networks: z.array(networkFactsSchema),
  services: z.array(serviceFactsSchema),
  /** The secrets and configs that it holds; absent where nobody asked. */
  secrets: z.array(heldFactsSchema).optional(),
  configs: z.array(heldFactsSchema).optional(),
});
export type SwarmFacts = z.infer<typeof swarmFactsSchema>;

/** What a standalone container was asked to be, for a draft of a spec: parts of `GET /containers/{id}/json` as they came. */
const standingFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  hostConfig: z.record(z.string(), z.unknown()),
  mounts: z.array(z.record(z.string(), z.unknown())),
  /** Its aliases, by network. */
  networks: z.record(z.string(), z.array(z.string())),
  /** `Config` of its image, which says what nobody asked for. */
  image: z.record(z.string(), z.unknown()),
});
export type StandingFacts = z.infer<typeof standingFactsSchema>;

/** Whether a worker could make a secret of what it has. */
export const secretStates = ['ready', 'missing', 'unreadable', 'empty', 'too-large'] as const;
export type SecretState = (typeof secretStates)[number];

/** Everything the engines of a cluster say at one moment. `swarm` is known as null only when every host was seen inactive. */
export const observationSchema = z.object({
  at: z.string(),
  hosts: z.record(z.string(), observedOf(hostFactsSchema)),
  swarm: observedOf(swarmFactsSchema.nullable()),
  /** Of the secrets that the spec has `from: worker`: what the worker that looks could do. */
  workerSecrets: z.record(z.string(), z.enum(secretStates)).optional(),
  /** By host, for a draft of a spec. */
  standing: z.record(z.string(), observedOf(z.array(standingFactsSchema))).optional(),
  /** For images that were looked up, as the spec writes them: the digest that their tag has in its registry now. */
  images: z.record(z.string(), observedOf(z.string().regex(/^[a-z0-9+._-]+:[0-9a-f]{32,}$/))).optional(),
  /** For images that their registry surely does not have: which hosts have them by themselves. */
  imageHolders: z.record(z.string(), z.record(z.string(), observedOf(z.boolean()))).optional(),
});
export type Observation = z.infer<typeof observationSchema>;
