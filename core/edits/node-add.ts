import { z } from 'zod';
import { labels, name, present } from './args.ts';
import { mustBeNew } from './refusals.ts';
import { editVerb } from './verb.ts';

export const nodeAdd = editVerb({
  noun: 'node',
  action: 'add',
  summary: 'Add a registered host to the cluster',
  example: 'node add h4 --role worker --label zone=b',
  positional: ['host'],
  args: z.strictObject({
    host: name('host'),
    role: z.enum(['manager', 'worker']).default('worker').describe('Role in the swarm'),
    availability: z.enum(['active', 'pause', 'drain']).default('active').describe('Whether tasks may run there'),
    label: labels,
    advertise_addr: z.string().optional().describe('Address that the other nodes reach; fixed once it has joined'),
    data_path_addr: z.string().optional().describe('Address for container traffic; fixed once it has joined'),
  }),
  edit: (spec, { host, role, availability, label, advertise_addr, data_path_addr }) => {
    mustBeNew('node', host, spec.nodes);
    const node = { role, availability, labels: label, ...present({ advertise_addr, data_path_addr }) };
    return { ...spec, nodes: { ...spec.nodes, [host]: node } };
  },
});
