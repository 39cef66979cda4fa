import { z } from 'zod';
import type { SpecInput } from '../spec/spec.ts';
import { present } from './args.ts';

/* What a task may use, and when it is started again, by the names of Docker's own flags. */

export const deployArgs = {
  limit_cpu: z.string().optional().describe('Processors that a task may use, such as 0.5'),
  limit_memory: z.string().optional().describe('Memory that a task may use, such as 512m'),
  reserve_cpu: z.string().optional().describe('Processors that a node must have free for it'),
  reserve_memory: z.string().optional().describe('Memory that a node must have free for it'),
  restart_condition: z
    .enum(['any', 'on-failure', 'none'])
    .optional()
    .describe('When a task that ended is started again'),
};
const schema = z.object(deployArgs);
type Given = z.output<typeof schema>;
type Deploy = NonNullable<NonNullable<SpecInput['services']>[string]['deploy']>;

/** The keys of `deploy` that the flags give, over those that it has. */
export function deployOf(given: Given, { resources, restart_policy }: Partial<Deploy> = {}): Partial<Deploy> {
  const limits = present({ cpus: given.limit_cpu, memory: given.limit_memory });
  const reservations = present({ cpus: given.reserve_cpu, memory: given.reserve_memory });
  const isSome = (part: object): boolean => Object.keys(part).length > 0;
  const together = {
    ...resources,
    ...(isSome(limits) ? { limits: { ...resources?.limits, ...limits } } : {}),
    ...(isSome(reservations) ? { reservations: { ...resources?.reservations, ...reservations } } : {}),
  };
  return {
    ...(isSome(limits) || isSome(reservations) ? { resources: together } : {}),
    ...(given.restart_condition === undefined
      ? {}
      : { restart_policy: { ...restart_policy, condition: given.restart_condition } }),
  };
}
