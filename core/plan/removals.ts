import { asideOf } from '../engine/aside-names.ts';
import { networksOf, readService } from '../engine/observed-service.ts';
import type { ContainerFacts, NetworkFacts, ServiceFacts } from '../observation.ts';
import { stackLabel } from '../spec/stack.ts';
import type { Step } from '../step.ts';
import { oldAside, takenAside } from './asides.ts';
import { specLabel } from './container-mark.ts';
import { mergeParts, type Part, part, problem } from './part.ts';
import { networkNames } from './services.ts';
import { stepId } from './steps.ts';
import { asTaken, factsOf, isMine, isOurs, seenHosts, seenLeaving, type World } from './world.ts';

/** Containers of ours, on hosts of the spec and on those that leave, that it does not name (any more) or has elsewhere. */
export const planContainerRemovals = (world: World): Part =>
  removalsOf(world, (host, { name }) => asideOf(name) === null && world.spec.containers[name]?.host !== host);

/**
 * Containers that an interrupted step left aside, where no step of the plan takes the matter up. One that is kept for its
 * log stays as long as the spec has the container.
 */
export const planAsideRemovals = (world: World, before: readonly Step[]): Part =>
  removalsOf(world, (host, { name }) => {
    const of = asideOf(name);
    if (of === null || before.some((step) => step.host === host && containerOf(step) === of.container)) return false;
    return of.aside !== 'failed' || world.spec.containers[of.container]?.host !== host;
  });

const containerOf = (step: Step): string | undefined => ('container' in step.args ? step.args.container : undefined);

function removalsOf(world: World, isGone: (host: string, container: ContainerFacts) => boolean): Part {
  const seen = [...seenHosts(world), ...seenLeaving(world)];
  const steps = seen.flatMap(([host, { containers }]) =>
    containers
      .filter((container) => isContainerOfSpec(world, container) && isGone(host, container))
      .map(({ name, id, labels }): Step => {
        const aside = takenAside(world, oldAside(world, host, name));
        const args = { container: name, id, ...asTaken(world, labels), ...(aside === undefined ? {} : { aside }) };
        return { id: stepId('remove-container', `${host}/${name}`), kind: 'remove-container', host, args, after: [] };
      }),
  );
  return part({ steps });
}

/** Made from a spec by us, or taken over. A probe container of ours that was left over carries no such mark and is not touched. */
export const isContainerOfSpec = (world: World, container: ContainerFacts): boolean =>
  isOurs(world, container.labels) ? specLabel in container.labels : isMine(world, 'containers', container);

/** Services of ours that the spec does not name any more. */
export const planServiceRemovals = (world: World): Part =>
  part({
    steps: (world.swarm?.services ?? [])
      .filter((service) => isMine(world, 'services', service) && !Object.hasOwn(world.spec.services, service.name))
      .map(({ name, id, labels }) => ({
        id: stepId('remove-service', name),
        kind: 'remove-service',
        host: null,
        args: { service: name, id, ...asTaken(world, labels) },
        after: [],
      })),
  });

/** Networks of ours that the spec does not name any more, after everything that leaves them. */
export function planNetworkRemovals(world: World, before: readonly Step[]): Part {
  const gone = (world.swarm?.networks ?? []).filter(
    (network) =>
      !network.ingress && isMine(world, 'networks', network) && !Object.hasOwn(world.spec.networks, network.name),
  );
  const leaving = before.filter(({ kind }) => leavesNetworks.has(kind)).map(({ id }) => id);
  return mergeParts(
    gone.map((network) => {
      const users = strangersOn(world, network);
      if (users.length > 0) return part({ problems: [stillUsed(network, users)] });
      const step: Step = {
        id: stepId('remove-network', network.name),
        kind: 'remove-network',
        host: null,
        args: {
          network: network.name,
          id: network.id,
          usedBy: usersOf(world, network),
          ...asTaken(world, network.labels),
        },
        after: leaving,
      };
      return part({ steps: [step] });
    }),
  );
}

const leavesNetworks: ReadonlySet<Step['kind']> = new Set([
  'remove-service',
  'update-service',
  'remove-container',
  'replace-container',
]);

/** Services and containers on the network that are not ours, so that no step takes them off it. */
const strangersOn = (world: World, network: NetworkFacts): string[] => [
  ...servicesOn(world, network, (service) => !isMine(world, 'services', service)),
  ...containersOn(world, network, (container) => !isContainerOfSpec(world, container)),
];

/** Everything on the network now, but for a stack that goes with it. What may be on an unseen host counts as well. */
const usersOf = (world: World, network: NetworkFacts): string[] => [
  ...servicesOn(world, network, (facts) => !goesWith(world, network, facts)),
  ...containersOn(world, network),
  ...world.nodes
    .filter((host) => !factsOf(world, host).known)
    .map((host) => `whatever is on ${host}, which could not be seen`),
];

/** A stack is removed with the networks that are its own. */
function goesWith({ spec }: World, { labels }: NetworkFacts, service: ServiceFacts): boolean {
  const stack = labels[stackLabel];
  return stack !== undefined && service.labels[stackLabel] === stack && !Object.hasOwn(spec.services, service.name);
}

function servicesOn(world: World, { name }: NetworkFacts, counts: (facts: ServiceFacts) => boolean = all): string[] {
  const nameOf = networkNames(world);
  return (world.swarm?.services ?? [])
    .filter((facts) => counts(facts))
    .filter((facts) => {
      const service = readService(facts);
      return service !== undefined && networksOf(service).some(({ Target }) => nameOf(Target) === name);
    })
    .map((service) => `service ${service.name}`);
}

const containersOn = (
  world: World,
  { name }: NetworkFacts,
  counts: (facts: ContainerFacts) => boolean = all,
): string[] =>
  [...seenHosts(world)].flatMap(([host, { containers }]) =>
    containers
      .filter((container) => counts(container) && container.networks.includes(name))
      .map((container) => `container ${container.name} on ${host}`),
  );

const all = (): boolean => true;

const stillUsed = ({ name }: NetworkFacts, users: readonly string[]) =>
  problem('conflict', {
    id: 'network-in-use',
    message: `The network ${name} is to be removed, but it is used by ${users.join(', ')}, which Flotilla did not make.`,
    fix: `Take them off the network first, or keep ${name} in the spec.`,
  });
