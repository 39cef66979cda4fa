import { z } from 'zod';
import { serviceAccess } from '../engine/host-access.ts';
import { encryptedOption, mtuOption } from '../engine/network-body.ts';
import type { EngineJson } from '../step.ts';

const networkSchema = z.looseObject({
  Driver: z.string(),
  Attachable: z.boolean(),
  Internal: z.boolean(),
  EnableIPv6: z.boolean(),
  IPAM: z.looseObject({ Config: z.array(z.looseObject({ Subnet: z.string().optional() })) }),
  Options: z.record(z.string(), z.string()),
});

/** `overlay, attachable, 10.200.1.0/24, mtu 1450`. */
export function networkSentence(body: EngineJson): string {
  const parsed = networkSchema.safeParse(body);
  if (!parsed.success) return 'overlay';
  const { Driver, Attachable, Internal, EnableIPv6, IPAM, Options } = parsed.data;
  const subnets = IPAM.Config.flatMap(({ Subnet }) => Subnet ?? []);
  return [
    Driver,
    ...(Attachable ? ['attachable'] : []),
    ...(Internal ? ['internal'] : []),
    ...(encryptedOption in Options ? ['encrypted'] : []),
    ...(EnableIPv6 ? ['IPv6'] : []),
    subnets.length === 0 ? 'subnet from the pool' : subnets.join(', '),
    `mtu ${Options[mtuOption] ?? 'default'}`,
  ].join(', ');
}

const serviceSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({ Image: z.string(), Env: z.array(z.string()).default([]) }),
    Networks: z.array(z.looseObject({ Target: z.string() })).default([]),
    Placement: z.looseObject({ Constraints: z.array(z.string()).default([]) }).prefault({}),
  }),
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.number() }).optional() }),
  EndpointSpec: z.looseObject({
    Mode: z.string(),
    Ports: z
      .array(
        z.looseObject({
          Protocol: z.string(),
          TargetPort: z.number(),
          PublishedPort: z.number(),
          PublishMode: z.string(),
        }),
      )
      .default([]),
  }),
});

/** `image nginx, global, on my_overlay_network, dnsrr, 8080:80 on each host with a task, environment A, B masked`. */
export function serviceSentence(body: EngineJson): string {
  const parsed = serviceSchema.safeParse(body);
  if (!parsed.success) return 'as in the spec';
  const { TaskTemplate, Mode, EndpointSpec } = parsed.data;
  const { ContainerSpec, Networks, Placement } = TaskTemplate;
  const replicas = Mode.Replicated?.Replicas;
  return [
    `image ${ContainerSpec.Image}`,
    replicas === undefined ? 'global' : `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
    ...(Networks.length === 0 ? [] : [`on ${Networks.map(({ Target }) => Target).join(', ')}`]),
    EndpointSpec.Mode,
    ...EndpointSpec.Ports.map(portText),
    ...(Placement.Constraints.length === 0 ? [] : [`where ${Placement.Constraints.join(' and ')}`]),
    ...serviceAccess(body),
    ...environmentText(ContainerSpec.Env.map((line) => line.split('=', 1)[0] ?? '')),
  ].join(', ');
}

interface PortLike {
  Protocol: string;
  TargetPort: number;
  PublishedPort: number;
  PublishMode: string;
}
const portText = ({ Protocol, TargetPort, PublishedPort, PublishMode }: PortLike): string =>
  `${PublishedPort}:${TargetPort}${Protocol === 'udp' ? '/udp' : ''} ${PublishMode === 'host' ? 'on each host with a task' : 'on every host'}`;

/** Names only. */
export const environmentText = (names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`environment ${names.map((name) => `${name}=***`).join(' ')}`];
