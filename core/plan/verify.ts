import { readService } from '../engine/observed-service.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { Step, StepVerify } from '../step.ts';
import { resolveEndpoint } from './endpoint.ts';
import type { PlanInput } from './input.ts';
import { eligibleHosts } from './placement.ts';
import { type World, worldOf } from './world.ts';

type Published = StepVerify['published'][number];

/** What a verification of this revision has to prove; the `verify` operation uses it without a plan. */
export const verifyArgs = (input: PlanInput): StepVerify => verifyOf(worldOf(input));

/** The last step of every plan that changes something, after all others; null when there is nothing to verify. */
export function verifyStep(world: World, before: readonly Step[]): Step | null {
  const args = verifyOf(world);
  const pairs = args.connectivity !== 'none' && args.networks.length > 0;
  if (!pairs && args.http.length === 0 && args.published.length === 0) return null;
  return { id: 'verify', kind: 'verify', host: null, args, after: before.map(({ id }) => id) };
}

function verifyOf(world: World): StepVerify {
  const { spec } = world;
  return {
    connectivity: spec.verify.connectivity,
    networks: Object.keys(spec.networks),
    http: spec.verify.http,
    published: [
      ...Object.entries(spec.services).flatMap(([name, service]) => servicePorts(world, name, service)),
      ...Object.entries(spec.containers).flatMap(([name, { host, ports }]) =>
        ports
          .filter(({ protocol }) => protocol === 'tcp')
          .map((port) => ({ of: name, port: port.published, hosts: [host] })),
      ),
    ],
  };
}

function servicePorts(world: World, name: string, spec: ServiceSpec): Published[] {
  if (spec.deploy.mode === 'replicated' && spec.deploy.replicas === 0) return [];
  const facts = world.swarm?.services.find((service) => service.name === name);
  const existing = facts === undefined ? undefined : readService(facts);
  const { endpoint } = resolveEndpoint({ world, name, spec, existing });
  return (endpoint?.ports ?? [])
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ published, mode }) => ({
      of: name,
      port: published,
      hosts: mode === 'ingress' ? [...world.nodes] : taskHosts(world, spec),
    }));
}

/** Hosts that will certainly run a task; empty when the scheduler is free to choose among more than it needs. */
function taskHosts(world: World, { deploy }: ServiceSpec): string[] {
  const hosts = eligibleHosts(world, deploy.placement.constraints) ?? [];
  return deploy.mode === 'global' || hosts.length === 1 ? hosts : [];
}
