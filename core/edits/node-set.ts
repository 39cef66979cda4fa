import { z } from 'zod';
import { labelNames, labels, name, present } from './args.ts';
import { mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

export const nodeSet = editVerb({
  noun: 'node',
  action: 'set',
  summary: 'Change role, availability or labels of a node',
  example: 'node set h2 --availability drain',
  positional: ['host'],
  args: z.strictObject({
    host: name('host'),
    role: z.enum(['manager', 'worker']).optional().describe('Role in the swarm'),
    availability: z.enum(['active', 'pause', 'drain']).optional().describe('Whether tasks may run there'),
    label: labels,
    label_rm: labelNames,
  }),
  edit: (spec, { host, role, availability, label, label_rm }) => {
    const node = mustExist('node', host, spec.nodes);
    const changed = {
      ...node,
      ...present({ role, availability }),
      labels: { ...without(node.labels, ...label_rm), ...label },
    };
    return { ...spec, nodes: { ...spec.nodes, [host]: changed } };
  },
});
