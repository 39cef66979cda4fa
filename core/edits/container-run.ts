import { z } from 'zod';
import { command, environment, image, labels, name, networks, portsOf, present, publish } from './args.ts';
import { runtimeArgs, runtimeOf, withVolumes } from './runtime-args.ts';
import { mustBeNew } from './refusals.ts';
import { editVerb } from './verb.ts';

export const containerRun = editVerb({
  noun: 'container',
  action: 'run',
  summary: 'Run a standalone container on one host',
  example: 'container run nginx-container --host h2 --image nginx --network my_overlay_network --publish 8081:80',
  positional: ['name'],
  args: z.strictObject({
    name: name('container'),
    host: name('host it runs on'),
    image,
    command,
    network: networks.describe('Network to be on; an overlay must be attachable'),
    publish,
    env: environment,
    restart: z
      .enum(['no', 'always', 'on-failure', 'unless-stopped'])
      .default('unless-stopped')
      .describe('When the engine starts it again'),
    label: labels,
    ...runtimeArgs,
    cpus: z.string().optional().describe('Processors that it may use, such as 0.5'),
    memory: z.string().optional().describe('Memory that it may use, such as 512m'),
  }),
  edit: (spec, args) => {
    mustBeNew('container', args.name, spec.containers);
    const container = {
      host: args.host,
      image: args.image,
      ...present({ command: args.command }),
      environment: args.env,
      networks: args.network,
      ports: portsOf(args.publish, undefined),
      restart: args.restart,
      labels: args.label,
      ...runtimeOf(args),
      ...present({ cpus: args.cpus, mem_limit: args.memory }),
    };
    return {
      ...spec,
      ...withVolumes(spec.volumes, args.mount),
      containers: { ...spec.containers, [args.name]: container },
    };
  },
});
