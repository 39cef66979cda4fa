import { z } from 'zod';
import { serviceImagePath } from '../plan/decisions.ts';
import type { ServiceSpec } from '../spec/service.ts';
import {
  command,
  environment,
  environmentNames,
  image,
  labelNames,
  labels,
  name,
  networks,
  portsOf,
  present,
  publish,
  publishMode,
} from './args.ts';
import { deployArgs, deployOf } from './deploy-args.ts';
import { runtimeArgs, runtimeOf, withVolumes } from './runtime-args.ts';
import { mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

const args = z.strictObject({
  name: name('service'),
  image: image.optional(),
  command,
  network: networks.describe('Network to be on as well'),
  network_rm: z.array(z.string()).default([]).describe('Network to leave'),
  publish: publish.describe('Port to publish as well, as published:target'),
  publish_mode: publishMode,
  publish_rm: z.array(z.string()).default([]).describe('Published port to give up, by its number'),
  env: environment.describe('Environment variable to set, as NAME=value'),
  env_rm: environmentNames,
  replicas: z.int().optional().describe('Number of tasks'),
  endpoint_mode: z.enum(['auto', 'vip', 'dnsrr']).optional().describe('Virtual IP or DNS round robin'),
  constraint: z.array(z.string()).default([]).describe('Placement constraint to add'),
  constraint_rm: z.array(z.string()).default([]).describe('Placement constraint to take away, as it is written'),
  label: labels,
  label_rm: labelNames,
  ...runtimeArgs,
  mount: runtimeArgs.mount.describe('What is mounted as well, as type=volume,source=data,target=/data'),
  mount_rm: z.array(z.string()).default([]).describe('Mount to take away, by its path in the container'),
  ...deployArgs,
});

/** What is not named stays as it is. */
export const serviceUpdate = editVerb({
  noun: 'service',
  action: 'update',
  summary: 'Change a service; what is not named stays',
  example: 'service update nginx-service --image nginx:1.27 --limit-memory 256m',
  positional: ['name'],
  args,
  // A tag that is named means what it means now, as it does for `docker service update --image`.
  decide: (given, { current }) =>
    given.image === undefined ? current : current.filter(({ path }) => path !== serviceImagePath(given.name)),
  edit: (spec, given) => {
    const service = mustExist('service', given.name, spec.services);
    const changed = {
      ...service,
      ...present({ image: given.image, command: given.command }),
      environment: { ...without(service.environment, ...given.env_rm), ...given.env },
      networks: networksAfter(service, given),
      ports: [
        ...service.ports.filter(({ published }) => !given.publish_rm.includes(String(published))),
        ...portsOf(given.publish, given.publish_mode),
      ],
      deploy: deployAfter(service, given),
      ...runtimeAfter(service, given),
    };
    return {
      ...spec,
      ...withVolumes(spec.volumes, given.mount),
      services: { ...spec.services, [given.name]: changed },
    };
  },
});

type Given = z.output<typeof args>;

const networksAfter = (service: ServiceSpec, { network, network_rm }: Given): ServiceSpec['networks'] => ({
  ...Object.fromEntries(network.map((added) => [added, { aliases: [] }])),
  ...without(service.networks, ...network_rm),
});

function runtimeAfter(service: ServiceSpec, given: Given): ReturnType<typeof runtimeOf> {
  const left = (service.volumes ?? []).filter(({ target }) => !given.mount_rm.includes(target));
  const kept = given.mount_rm.length === 0 ? {} : { volumes: left };
  return { ...kept, ...runtimeOf(given, { ...service, volumes: left }) };
}

const deployAfter = ({ deploy }: ServiceSpec, given: Given) => ({
  ...deploy,
  ...present({ replicas: given.replicas, endpoint_mode: given.endpoint_mode }),
  labels: { ...without(deploy.labels, ...given.label_rm), ...given.label },
  placement: {
    ...deploy.placement,
    constraints: [
      ...deploy.placement.constraints.filter((constraint) => !given.constraint_rm.includes(constraint)),
      ...given.constraint,
    ],
  },
  ...deployOf(given, deploy),
});
