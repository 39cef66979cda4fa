import { z } from 'zod';
import { command, environment, image, labels, name, networks, portsOf, present, publish, publishMode } from './args.ts';
import { deployArgs, deployOf } from './deploy-args.ts';
import { runtimeArgs, runtimeOf, withVolumes } from './runtime-args.ts';
import { mustBeNew } from './refusals.ts';
import { editVerb } from './verb.ts';

export const serviceCreate = editVerb({
  noun: 'service',
  action: 'create',
  summary: 'Create a service on the cluster',
  example: 'service create nginx-service --image nginx --network my_overlay_network --publish 8080:80 --mode global',
  positional: ['name'],
  args: z.strictObject({
    name: name('service'),
    image,
    command,
    network: networks,
    publish,
    publish_mode: publishMode,
    env: environment,
    mode: z.enum(['replicated', 'global']).default('replicated').describe('A number of tasks, or one on each node'),
    replicas: z.int().optional().describe('Number of tasks (1)'),
    endpoint_mode: z
      .enum(['auto', 'vip', 'dnsrr'])
      .default('auto')
      .describe('Virtual IP or DNS round robin; auto looks at the kernels'),
    constraint: z.array(z.string()).default([]).describe('Where tasks may run, such as node.labels.zone==a'),
    label: labels,
    ...runtimeArgs,
    ...deployArgs,
  }),
  edit: (spec, args) => {
    mustBeNew('service', args.name, spec.services);
    const service = {
      image: args.image,
      ...present({ command: args.command }),
      environment: args.env,
      networks: args.network,
      ports: portsOf(args.publish, args.publish_mode),
      ...runtimeOf(args),
      deploy: {
        mode: args.mode,
        ...present({ replicas: args.replicas }),
        endpoint_mode: args.endpoint_mode,
        labels: args.label,
        placement: { constraints: args.constraint },
        ...deployOf(args),
      },
    };
    return { ...spec, ...withVolumes(spec.volumes, args.mount), services: { ...spec.services, [args.name]: service } };
  },
});
