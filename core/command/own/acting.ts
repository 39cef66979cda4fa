import { z } from 'zod';
import { nameSchema } from '../../spec/names.ts';
import type { Command } from '../command.ts';

const none = z.strictObject({});
const head = { positional: [], args: none, cluster: 'one', changes: true } as const;
const plan = z.string().min(6).describe('Plan, by its digest or the first characters of it');
/* What starts work or decides about it: told to the channel, on record. */

export const acting: readonly Command[] = [
  {
    ...head,
    name: 'apply',
    summary: 'Run a plan that was shown, or the newest revision of a cluster',
    example: 'apply 3fa9c1',
    needs: 'cluster.apply',
    positional: ['plan'],
    args: z.strictObject({ plan: plan.optional() }),
  },
  {
    ...head,
    name: 'plan',
    summary: 'What an apply would do; changes nothing',
    example: 'plan in prod',
    needs: 'cluster.plan',
    changes: false,
    positional: ['cluster'],
    args: z.strictObject({ cluster: nameSchema.optional().describe('Cluster whose newest revision to plan') }),
  },
  {
    ...head,
    name: 'verify',
    summary: 'Prove that containers on different hosts reach each other',
    example: 'verify prod net:my_overlay_network',
    needs: 'cluster.verify',
    positional: ['cluster'],
    args: z.strictObject({
      cluster: nameSchema.optional().describe('Cluster to prove'),
      network: z.array(nameSchema).default([]).describe('Only this network'),
      connectivity: z.enum(['full', 'sampled']).optional().describe('Which pairs of nodes'),
    }),
  },
  {
    ...head,
    name: 'preflight',
    summary: 'Whether the hosts are fit for what the spec asks of them; changes nothing',
    example: 'preflight prod',
    needs: 'hosts.preflight',
    changes: false,
    positional: ['cluster'],
    args: z.strictObject({
      cluster: nameSchema.optional().describe('Cluster whose hosts to look at'),
      full: z.boolean().optional().describe('Every pair of hosts, also of more than ten'),
    }),
  },
  {
    ...head,
    name: 'inspect',
    summary: 'One view of a network, merged from all hosts',
    example: 'inspect my_overlay_network in prod',
    needs: 'network.inspect',
    changes: false,
    positional: ['network'],
    args: z.strictObject({ network: nameSchema.describe('Name of the network') }),
  },
  {
    ...head,
    name: 'ps',
    summary: 'What runs in a cluster now: nodes, services and what is wrong with them, containers',
    example: 'ps prod',
    needs: 'cluster.ps',
    changes: false,
    positional: ['cluster'],
    args: z.strictObject({ cluster: nameSchema.optional().describe('Cluster to look at') }),
  },
  {
    ...head,
    name: 'host probe',
    summary: 'Connect to a host and show what it is; changes nothing',
    example: 'host probe h1',
    needs: 'host.probe',
    cluster: 'none',
    changes: false,
    positional: ['host'],
    args: z.strictObject({ host: nameSchema.describe('Name of the host') }),
  },
  {
    ...head,
    name: 'cancel',
    summary: 'Stop an operation between two steps; what is done stays done',
    example: 'cancel op_…',
    needs: 'operation.cancel',
    cluster: 'none',
    positional: ['operation'],
    args: z.strictObject({ operation: z.string().describe('Id of the operation, or last') }),
  },
  {
    ...head,
    name: 'ops retry',
    summary: 'Ask again for what did not succeed; goes on with what is left',
    example: 'ops retry last',
    needs: 'operation.retry',
    cluster: 'none',
    positional: ['operation'],
    args: z.strictObject({ operation: z.string().describe('Id of the operation, or last') }),
  },
];
