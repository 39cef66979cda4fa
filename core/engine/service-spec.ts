import { z } from 'zod';
import type { EngineJson } from '../step.ts';
import { clusterLabel } from '../spec/names.ts';
import type { Port } from '../spec/ports.ts';
import type { ServiceSpec } from '../spec/service.ts';

/** What the spec leaves to us, resolved. */
export interface ResolvedEndpoint {
  mode: 'vip' | 'dnsrr';
  ports: (Port & { mode: 'ingress' | 'host' })[];
}

/** The part of the Engine API's ServiceSpec that Flotilla owns; every other field is left as it is. */
export interface OwnServiceSpec {
  Name: string;
  Labels: Record<string, string>;
  TaskTemplate: {
    ContainerSpec: {
      Image: string;
      /** Compose's `entrypoint`. */
      Command?: string[];
      /** Compose's `command`. */
      Args?: string[];
      Env: string[];
      Hostname?: string;
      User?: string;
      Dir?: string;
      Labels: Record<string, string>;
    };
    Placement: { Constraints: string[] };
    /** By name, which the engine turns into the id when it stores the service. */
    Networks: { Target: string; Aliases: string[] }[];
  };
  Mode: { Replicated: { Replicas: number } } | { Global: Record<string, never> };
  EndpointSpec: {
    Mode: 'vip' | 'dnsrr';
    Ports: { Protocol: 'tcp' | 'udp'; TargetPort: number; PublishedPort: number; PublishMode: 'ingress' | 'host' }[];
  };
}

interface Named {
  name: string;
  cluster: string;
  endpoint: ResolvedEndpoint;
}

/** Body of `POST /services/create` (Engine API 1.41 to 1.55) for a service of the spec. */
export function ownServiceSpec(spec: ServiceSpec, { name, cluster, endpoint }: Named): OwnServiceSpec {
  return {
    Name: name,
    Labels: { ...spec.deploy.labels, [clusterLabel]: cluster },
    TaskTemplate: {
      ContainerSpec: {
        Image: spec.image,
        ...(spec.entrypoint === undefined ? {} : { Command: spec.entrypoint }),
        ...(spec.command === undefined ? {} : { Args: spec.command }),
        Env: envOf(spec.environment),
        ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
        ...(spec.user === undefined ? {} : { User: spec.user }),
        ...(spec.working_dir === undefined ? {} : { Dir: spec.working_dir }),
        Labels: spec.labels,
      },
      Placement: { Constraints: spec.deploy.placement.constraints },
      Networks: Object.entries(spec.networks).map(([Target, { aliases }]) => ({ Target, Aliases: aliases })),
    },
    Mode: spec.deploy.mode === 'global' ? { Global: {} } : { Replicated: { Replicas: spec.deploy.replicas ?? 1 } },
    EndpointSpec: {
      Mode: endpoint.mode,
      Ports: endpoint.ports.map(({ protocol, target, published, mode }) => ({
        Protocol: protocol,
        TargetPort: target,
        PublishedPort: published,
        PublishMode: mode,
      })),
    },
  };
}

const envOf = (environment: Readonly<Record<string, string>>): string[] =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`);

const withImage = z.looseObject({
  TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }) }),
});

/** The image of a ServiceSpec as a step carries it; null when it has none. */
export const serviceImage = (body: EngineJson): string | null =>
  withImage.safeParse(body).data?.TaskTemplate.ContainerSpec.Image ?? null;
