import { z } from 'zod';
import { cidrSchema, ipSchema } from '../net/cidr.ts';
import { leftOutSchema } from './compose/words.ts';
import { composeSchema } from './compose-file.ts';
import { configSchema } from './config.ts';
import { secretSchema } from './held.ts';
import { labelsSchema, nameSchema } from './names.ts';
import { networkSchema } from './network.ts';
import { containerSchema, serviceSchema } from './service.ts';
import { volumeSchema } from './volumes.ts';

/** Fixed when the swarm is made; a later change is refused by name. */
const swarmSchema = z.strictObject({
  data_path_port: z.number().int().min(1024).max(49151).default(4789),
  address_pools: z.array(cidrSchema).default([]),
  subnet_size: z.number().int().min(8).max(29).default(24),
});

const nodeSchema = z.strictObject({
  role: z.enum(['manager', 'worker']).default('worker'),
  availability: z.enum(['active', 'pause', 'drain']).default('active'),
  labels: labelsSchema.default({}),
  /** Absent means: chosen from what was observed, and shown in the plan with the reason. */
  advertise_addr: ipSchema.optional(),
  data_path_addr: ipSchema.optional(),
});
export type NodeSpec = z.infer<typeof nodeSchema>;

export const httpCheckSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url), 'must have no user or password: plans and findings show it'),
  expect: z.number().int().min(100).max(599).default(200),
});

const verifySchema = z.strictObject({
  /** `sampled` tests each node against some others (above 10 nodes), `full` all ordered pairs, `none` nothing. */
  connectivity: z.enum(['full', 'sampled', 'none']).default('sampled'),
  http: z.array(httpCheckSchema).default([]),
});

/** The desired state of a cluster, as people write it. Unknown keys are refused by name. */
export const specSchema = z.strictObject({
  cluster: nameSchema,
  swarm: swarmSchema.prefault({}),
  nodes: z.record(nameSchema, nodeSchema),
  networks: z.record(nameSchema, networkSchema).default({}),
  /** Absent where there is none, as in every spec from before there were any. */
  volumes: z.record(nameSchema, volumeSchema).optional(),
  services: z.record(nameSchema, serviceSchema).default({}),
  containers: z.record(nameSchema, containerSchema).default({}),
  /** Absent where nothing is declared, so that specs from before it could be are what they were. */
  secrets: z.record(nameSchema, secretSchema).optional(),
  configs: z.record(nameSchema, configSchema).optional(),
  /** Taken apart into networks and services when the spec is read; a spec that was read has none. */
  stacks: z.record(nameSchema, z.strictObject({ compose: composeSchema })).default({}),
  /** What the Compose files of its stacks say that means nothing in a swarm. Written when they are taken apart. */
  left_out: leftOutSchema.optional(),
  verify: verifySchema.prefault({}),
});
/** A spec with every default filled in. */
export type Spec = z.infer<typeof specSchema>;
/** A spec as it may be written: short forms and absent keys allowed. */
export type SpecInput = z.input<typeof specSchema>;
