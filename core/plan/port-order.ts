import { readService } from '../engine/observed-service.ts';
import type { Step } from '../step.ts';
import { bindingsOf } from './port-bindings.ts';
import { isMine, seenHosts, type World } from './world.ts';

/** A port that something of ours holds now. `host` is null for a service, which may hold it on any node. */
interface Held {
  holder: string;
  host: string | null;
  port: number;
}

/** Lets every step that takes a port wait for the step that makes its present holder give it up. */
export function afterPortsAreFree(world: World, steps: readonly Step[]): Step[] {
  const held = heldPorts(world);
  const stepOf = new Map(steps.flatMap((step) => holdersOf(step).map((holder) => [holder, step.id] as const)));
  return steps.map((step) => {
    const own = new Set(holdersOf(step));
    const waits = bindingsOf(world, step).flatMap(({ host, port }) =>
      held
        .filter((one) => one.port === port && (one.host === null || one.host === host) && !own.has(one.holder))
        .flatMap(({ holder }) => stepOf.get(holder) ?? []),
    );
    return waits.length === 0 ? step : { ...step, after: [...new Set([...step.after, ...waits])] };
  });
}

const heldPorts = (world: World): Held[] => [
  ...(world.swarm?.services ?? [])
    .filter((facts) => isMine(world, 'services', facts))
    .flatMap((facts) =>
      (readService(facts)?.EndpointSpec.Ports ?? []).map(({ PublishedPort: port }) => ({
        holder: serviceHolder(facts.name),
        host: null,
        port,
      })),
    ),
  ...[...seenHosts(world)].flatMap(([host, { containers }]) =>
    containers
      .filter((one) => isMine(world, 'containers', one))
      .flatMap(({ name, publishedPorts }) =>
        publishedPorts.map((port) => ({ holder: containerHolder(host, name), host, port })),
      ),
  ),
];

const serviceHolder = (name: string): string => `service ${name}`;
const containerHolder = (host: string | null, name: string): string => `container ${name} on ${host ?? ''}`;

/** What a step changes or removes, so that it may give up the ports it holds. */
function holdersOf(step: Step): string[] {
  if (step.kind === 'remove-service' || step.kind === 'update-service') return [serviceHolder(step.args.service)];
  if (step.kind === 'remove-container' || step.kind === 'replace-container')
    return [containerHolder(step.host, step.args.container)];
  return [];
}
