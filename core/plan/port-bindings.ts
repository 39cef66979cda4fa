import { readServiceSpec } from '../engine/observed-service.ts';
import type { Step } from '../step.ts';
import { matchesConstraints } from './placement.ts';
import type { World } from './world.ts';

/** A port that a step binds on a host. */
export interface Binding {
  /** `service web`, `container tool`. */
  of: string;
  host: string;
  port: number;
  protocol: 'tcp' | 'udp';
}

/** The ports that a step binds, on every host where it may. */
export function bindingsOf(world: World, step: Step): Binding[] {
  if (step.kind === 'run-container' || step.kind === 'replace-container') {
    const { container, spec } = step.args;
    const of = `container ${container}`;
    return spec.ports.map(({ published, protocol }) => ({ of, host: spec.host, port: published, protocol }));
  }
  if (step.kind !== 'create-service' && step.kind !== 'update-service') return [];
  const service = readServiceSpec(step.args.spec);
  const constraints = service?.TaskTemplate.Placement.Constraints ?? [];
  return (service?.EndpointSpec.Ports ?? []).flatMap(({ Protocol, PublishedPort, PublishMode }) =>
    world.nodes
      .filter((host) => PublishMode === 'ingress' || mayRun(world, host, constraints))
      .map((host) => ({
        of: `service ${step.args.service}`,
        host,
        port: PublishedPort,
        protocol: Protocol === 'udp' ? 'udp' : 'tcp',
      })),
  );
}

/** A host-mode port is bound where a task runs: on active nodes that the constraints do not rule out. */
const mayRun = (world: World, host: string, constraints: readonly string[]): boolean =>
  world.spec.nodes[host]?.availability === 'active' && matchesConstraints(world, host, constraints) !== false;
