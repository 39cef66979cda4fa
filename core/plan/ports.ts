import { readService } from '../engine/observed-service.ts';
import type { HostFacts } from '../observation.ts';
import type { Finding } from '../finding.ts';
import type { Step } from '../step.ts';
import { type Part, part, type Problem, problem, warning } from './part.ts';
import { type Binding, bindingsOf } from './port-bindings.ts';
import { factsOf, isMine, type World } from './world.ts';
import { withStop } from '../sentence.ts';

/**
 * Ports that the plan is about to take on a host where something else has them. A port that is ours already
 * (a service or container of this cluster) is free for us: the engine gives it back when its holder is replaced.
 */
export function checkPorts(world: World, steps: readonly Step[]): Part {
  const bindings = steps.flatMap((step) => bindingsOf(world, step));
  const hosts = [...new Set(bindings.map(({ host }) => host))];
  return part({
    problems: bindings.flatMap((binding) => taken(world, binding)),
    warnings: hosts.flatMap((host) => notChecked(world, host)),
  });
}

function taken(world: World, binding: Binding): Problem[] {
  const facts = factsOf(world, binding.host);
  const holder = otherService(world, binding) ?? (facts.known ? holderOn(world, binding, facts.value) : undefined);
  if (holder === undefined) return [];
  const { of, host, port, protocol } = binding;
  return [
    problem('port_taken', {
      id: 'port-taken',
      hosts: [host],
      message: `${protocol.toUpperCase()} port ${port} on ${host}, which the ${of} publishes, is taken by ${holder}.`,
      fix: `Publish the ${of} on another port, or free port ${port} on ${host}.`,
    }),
  ];
}

/** A service of somebody else in this swarm that publishes the port: ingress ports are swarm-wide. */
function otherService(world: World, { port, protocol }: Binding): string | undefined {
  const other = (world.swarm?.services ?? []).find(
    (facts) =>
      !isMine(world, 'services', facts) &&
      readService(facts)?.EndpointSpec.Ports.some((one) => one.PublishedPort === port && one.Protocol === protocol) ===
        true,
  );
  return other === undefined ? undefined : `the service ${other.name}, which Flotilla did not make`;
}

function holderOn(world: World, binding: Binding, { containers, system }: HostFacts): string | undefined {
  const { port, protocol } = binding;
  if (isOurPort(world, binding, containers)) return undefined;
  const tcp = system.known && system.value.listeningTcp.includes(port);
  const udp = system.known && system.value.listeningUdp.includes(port);
  const [here, otherwise] = protocol === 'tcp' ? [tcp, udp] : [udp, tcp];
  const container = containers.find((one) => one.publishedPorts.includes(port));
  // A container's facts do not tell the protocol of a port: what only the other protocol listens on is not ours to mind.
  if (container !== undefined && (here || !otherwise)) return `the container ${container.name}`;
  return here ? 'a program on the host' : undefined;
}

/** Held now by a container of ours on the host, or by a service of ours anywhere in the swarm. */
function isOurPort(world: World, { port }: Binding, containers: HostFacts['containers']): boolean {
  const byContainer = containers.some((one) => isMine(world, 'containers', one) && one.publishedPorts.includes(port));
  const byService = (world.swarm?.services ?? []).some(
    (facts) =>
      isMine(world, 'services', facts) &&
      readService(facts)?.EndpointSpec.Ports.some(({ PublishedPort }) => PublishedPort === port) === true,
  );
  return byContainer || byService;
}

function notChecked(world: World, host: string): Finding[] {
  const facts = factsOf(world, host);
  const reason = facts.known ? (facts.value.system.known ? undefined : facts.value.system.reason) : facts.reason;
  if (reason === undefined) return [];
  return [
    warning({
      id: 'ports-not-checked',
      hosts: [host],
      message: `Whether the published ports are free on ${host} is not known: ${withStop(reason)}`,
    }),
  ];
}
