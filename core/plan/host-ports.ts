import type { OwnServiceSpec } from '../engine/service-spec.ts';
import type { Finding } from '../finding.ts';
import type { ServiceSpec } from '../spec/service.ts';
import { warning } from './part.ts';
import { eligibleHosts } from './placement.ts';
import type { World } from './world.ts';

interface Wanted {
  name: string;
  spec: ServiceSpec;
  wanted: OwnServiceSpec;
}

/** A port in host mode is bound once on each node: what asks for more than that would wait for ever. */
export function hostPortWarnings(world: World, { name, spec, wanted }: Wanted): Finding[] {
  const bound = wanted.EndpointSpec.Ports.filter(({ PublishMode }) => PublishMode === 'host');
  const hosts = eligibleHosts(world, wanted.TaskTemplate.Placement.Constraints);
  if (bound.length === 0 || hosts === undefined) return [];
  const ports = bound.map((port) => port.PublishedPort).join(', ');
  const nodes = hosts.length === 1 ? '1 node' : `${hosts.length} nodes`;
  const tasks = 'Replicated' in wanted.Mode ? wanted.Mode.Replicated.Replicas : hosts.length;
  if (tasks > hosts.length)
    return [
      warning({
        id: 'more-replicas-than-ports',
        message: `The service ${name} asks for ${tasks} replicas, but its port ${ports} can be bound once per host and only ${nodes} can run it.`,
        fix: `Ask for at most ${hosts.length}, or use \`mode: global\`.`,
      }),
    ];
  if (tasks < hosts.length || tasks === 0 || spec.deploy.update_config?.order !== 'start-first') return [];
  return [
    warning({
      id: 'start-first-without-free-port',
      message: `The service ${name} has \`order: start-first\`, but its port ${ports} can be bound once per host and it has a task on each that can run it (${nodes}): an update would wait for ever, and is rolled back.`,
      fix: `Write \`order: stop-first\`${'Replicated' in wanted.Mode ? ', or ask for fewer replicas' : ''}.`,
    }),
  ];
}
