import { z } from 'zod';
import { isTakenDown } from '../spec/taken-down.ts';
import { name } from './args.ts';
import { inConflict } from './refusals.ts';
import { editVerb } from './verb.ts';

/** Leaves a spec without anything. The revisions stay: `rollback` to one of them forms the cluster anew. */
export const clusterRm = editVerb({
  noun: 'cluster',
  action: 'rm',
  summary: 'Take a whole cluster down and free its hosts',
  example: 'cluster rm demo',
  positional: ['name'],
  namesCluster: true,
  args: z.strictObject({ name: name('cluster') }),
  decide: () => [],
  edit: ({ cluster, nodes }, _args, { members }) => {
    if (isTakenDown({ nodes }) && members.length === 0)
      throw inConflict(
        `The cluster ${cluster} is taken down already.`,
        `\`flotilla rollback N -c ${cluster}\` forms it anew.`,
      );
    return { cluster, nodes: {} };
  },
});
