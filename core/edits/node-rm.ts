import { z } from 'zod';
import { name } from './args.ts';
import { mustExist, notYet } from './refusals.ts';
import { editVerb } from './verb.ts';

export const nodeRm = editVerb({
  noun: 'node',
  action: 'rm',
  summary: 'Take a node out of the cluster (not supported yet)',
  example: 'node rm h3',
  positional: ['host'],
  args: z.strictObject({ host: name('host') }),
  edit: (spec, { host }) => {
    mustExist('node', host, spec.nodes);
    throw notYet(
      `Taking ${host} out of the cluster`,
      `Run \`flotilla node set ${host} --availability drain\`, so that nothing runs on it.`,
    );
  },
});
