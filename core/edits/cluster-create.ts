import { z } from 'zod';
import { nameSchema } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import { name, present } from './args.ts';
import { inConflict } from './refusals.ts';
import { startVerb } from './verb.ts';

/** Makes the first spec of a cluster: its nodes and what is fixed when the swarm is made. */
export const clusterCreate = startVerb({
  noun: 'cluster',
  action: 'create',
  summary: 'Make a cluster from registered hosts',
  example: 'cluster create demo --manager h1 --worker h2 --worker h3',
  positional: ['name'],
  namesCluster: true,
  args: z.strictObject({
    name: name('cluster'),
    manager: z.array(nameSchema).min(1).describe('Host that becomes a manager; the first one starts the swarm'),
    worker: z.array(nameSchema).default([]).describe('Host that becomes a worker'),
    data_path_port: z.int().optional().describe('UDP port of the data path (4789); fixed once the swarm is made'),
    address_pool: z
      .array(z.string())
      .default([])
      .describe('Range for networks without a subnet; fixed once the swarm is made'),
    subnet_size: z
      .int()
      .optional()
      .describe('Prefix length of subnets from the pools (24); fixed once the swarm is made'),
  }),
  edit: (args, { current }): SpecInput => {
    if (current !== null && !isTakenDown(current))
      throw inConflict(
        `The cluster ${current.cluster} exists already.`,
        'Change it with the other verbs, or choose another name.',
      );
    const twice = args.worker.find((host) => args.manager.includes(host));
    if (twice !== undefined)
      throw inConflict(`${twice} is named as a manager and as a worker.`, 'Name each host once.');
    return {
      cluster: args.name,
      swarm: present({
        data_path_port: args.data_path_port,
        address_pools: args.address_pool.length === 0 ? undefined : args.address_pool,
        subnet_size: args.subnet_size,
      }),
      nodes: Object.fromEntries([
        ...args.manager.map((host) => [host, { role: 'manager' as const }]),
        ...args.worker.map((host) => [host, { role: 'worker' as const }]),
      ]),
    };
  },
});
