import { z } from 'zod';
import { nameSchema } from '../../spec/names.ts';
import type { Command } from '../command.ts';

const none = z.strictObject({});
const head = { positional: [], args: none, cluster: 'none', needs: 'read', changes: false } as const;

/* What only asks: answered to the asker alone, changes nothing. */

export const asking: readonly Command[] = [
  {
    ...head,
    name: 'help',
    summary: 'What can be said, and how',
    example: 'help service create',
    takesRest: true,
    positional: ['topic'],
    args: z.strictObject({ topic: z.string().optional().describe('Command to explain') }),
  },
  { ...head, name: 'whoami', summary: 'As whom you are known, and what you may do', example: 'whoami' },
  {
    ...head,
    name: 'status',
    summary: 'How the clusters are',
    example: 'status prod',
    cluster: 'one',
    positional: ['cluster'],
    args: z.strictObject({ cluster: nameSchema.optional().describe('Cluster to look at') }),
  },
  {
    ...head,
    name: 'audit',
    summary: 'Who did what',
    example: 'audit actor:ann action:operation.* -7d',
    needs: 'audit.read',
    takesRest: true,
    positional: ['query'],
    args: z.strictObject({ query: z.string().optional().describe('Query, as in `flotilla audit ls`') }),
  },
  { ...head, name: 'host ls', summary: 'List the hosts', example: 'host ls' },
  {
    ...head,
    name: 'host show',
    summary: 'What is known of a host',
    example: 'host show h1',
    positional: ['host'],
    args: z.strictObject({ host: nameSchema.describe('Name of the host') }),
  },
  { ...head, name: 'node ls', summary: 'The nodes of a cluster', example: 'node ls in prod', cluster: 'one' },
  { ...head, name: 'network ls', summary: 'The networks of a cluster', example: 'network ls in prod', cluster: 'one' },
  { ...head, name: 'service ls', summary: 'The services of a cluster', example: 'service ls in prod', cluster: 'one' },
  {
    ...head,
    name: 'container ls',
    summary: 'The standalone containers of a cluster',
    example: 'container ls in prod',
    cluster: 'one',
  },
  { ...head, name: 'stack ls', summary: 'The stacks of a cluster', example: 'stack ls in prod', cluster: 'one' },
  {
    ...head,
    name: 'ops ls',
    summary: 'Operations, the newest first',
    example: 'ops ls',
    cluster: 'one',
    args: z.strictObject({ limit: z.int().min(1).max(50).optional().describe('How many (10)') }),
  },
  {
    ...head,
    name: 'ops show',
    summary: 'One operation: its plan, steps and outcome',
    example: 'ops show op_…',
    positional: ['operation'],
    args: z.strictObject({ operation: z.string().describe('Id of the operation, or last') }),
  },
];
