import { z } from 'zod';
import { cpusSchema, memorySchema } from './amounts.ts';
import { durationSchema } from './duration.ts';
import { labelsSchema } from './names.ts';

const resourcesSchema = z.strictObject({
  limits: z
    .strictObject({
      cpus: cpusSchema.optional(),
      memory: memorySchema.optional(),
      pids: z.number().int().min(1).optional(),
    })
    .optional(),
  reservations: z.strictObject({ cpus: cpusSchema.optional(), memory: memorySchema.optional() }).optional(),
});

const restartPolicySchema = z.strictObject({
  condition: z.enum(['any', 'on-failure', 'none']).default('any'),
  delay: durationSchema.optional(),
  max_attempts: z.number().int().min(0).optional(),
  window: durationSchema.optional(),
});

const ratio = z.union([
  z.number(),
  z
    .string()
    .regex(/^(?:0|1|0?\.\d+)$/, 'write a number from 0 to 1')
    .transform(Number),
]);

/** How tasks are replaced, in an update or when it is rolled back. */
const replacing = {
  /** So many at a time; 0 is all at once. */
  parallelism: z.number().int().min(0).default(1),
  delay: durationSchema.optional(),
  monitor: durationSchema.optional(),
  max_failure_ratio: ratio.refine((part) => part >= 0 && part <= 1, 'must be from 0 to 1').default(0),
  order: z.enum(['stop-first', 'start-first']).default('stop-first'),
};
const updateSchema = z.strictObject({
  ...replacing,
  failure_action: z.enum(['pause', 'continue', 'rollback']).default('pause'),
});
const rollbackSchema = z.strictObject({ ...replacing, failure_action: z.enum(['pause', 'continue']).default('pause') });
export type Replacing = z.infer<typeof updateSchema> | z.infer<typeof rollbackSchema>;

const placementSchema = z.strictObject({
  constraints: z.array(z.string()).default([]),
  preferences: z
    .array(
      z.strictObject({
        spread: z.string().regex(/^(?:node|engine)\.labels\.\S+$/, 'is not a label such as `node.labels.zone`'),
      }),
    )
    .optional(),
  max_replicas_per_node: z.number().int().min(1).optional(),
});

export const deploySchema = z.strictObject({
  mode: z.enum(['replicated', 'global']).default('replicated'),
  replicas: z.number().int().min(0).max(10_000).optional(),
  /** `auto` is `vip` where every node's kernel has ip_vs, else `dnsrr` with host-mode ports. */
  endpoint_mode: z.enum(['auto', 'vip', 'dnsrr']).default('auto'),
  labels: labelsSchema.default({}),
  placement: placementSchema.default({ constraints: [] }),
  resources: resourcesSchema.optional(),
  restart_policy: restartPolicySchema.optional(),
  update_config: updateSchema.optional(),
  rollback_config: rollbackSchema.optional(),
});
export type Deploy = z.infer<typeof deploySchema>;

/** How often tasks are replaced one after the other, where there are so many. */
export const batchesOf = ({ parallelism }: Pick<Replacing, 'parallelism'>, tasks: number): number =>
  parallelism === 0 ? 1 : Math.ceil(tasks / parallelism);
