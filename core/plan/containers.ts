import type { ContainerFacts } from '../observation.ts';
import { type ContainerSpec, mayEndWell } from '../spec/service.ts';
import type { Step, StepContainer, StepOfKind } from '../step.ts';
import { cutOff, oldAside, takenAside } from './asides.ts';
import { containerMark, markDifferences, specLabel } from './container-mark.ts';
import { containerImagePath } from './decisions.ts';
import { resolveImage } from './images.ts';
import { codeOf, hostNotSeen } from './membership.ts';
import { notOurs } from './not-ours.ts';
import { mergeParts, type Part, part, problem, warning } from './part.ts';
import { idsOf, stepId } from './steps.ts';
import { takenPath, takesSwarm } from './taken.ts';
import { planTaken } from './taken-container.ts';
import { takenOtherwise } from './taken-otherwise.ts';
import { asTaken, factsOf, isMine, isOurs, memberOf, type World } from './world.ts';

/** Steps that run, start and replace the standalone containers of the spec. Each waits for its networks and its host. */
export async function planContainers(world: World, before: readonly Step[]): Promise<Part> {
  const parts = await Promise.all(
    Object.entries(world.spec.containers).map(([name, spec]) => planOne(world, name, spec, before)),
  );
  return mergeParts(parts);
}

async function planOne(world: World, name: string, written: ContainerSpec, before: readonly Step[]): Promise<Part> {
  const isTaken = world.taken.has(takenPath('containers', name)) || takesSwarm(world.input);
  const path = containerImagePath(name);
  const { image, ...looked } = resolveImage({
    world,
    path,
    image: written.image,
    running: written.image,
    where: [written.host],
    isTaken,
  });
  const planned = await planResolved(world, name, { ...written, image }, before);
  // Whatever is to be done with it, it would have to join its networks anew.
  const closed = planned.steps.length === 0 ? null : closedTo(world, name, written);
  return mergeParts([looked, closed ?? planned]);
}

async function planResolved(world: World, name: string, spec: ContainerSpec, before: readonly Step[]): Promise<Part> {
  const facts = factsOf(world, spec.host);
  if (!facts.known) return part({ problems: [hostNotSeen(spec.host, facts.reason, codeOf(facts.code))] });
  const mark = await containerMark(spec);
  const marked = withDeclared(world, { ...spec, labels: { ...spec.labels, [specLabel]: mark } });
  const existing = facts.value.containers.find((container) => container.name === name);
  const after = waitsFor(world, name, spec, before);
  const old = oldAside(world, spec.host, name);
  const aside = takenAside(world, old);
  const run: RunStep = {
    id: stepId('run-container', name),
    kind: 'run-container',
    host: spec.host,
    args: { container: name, spec: marked, ...(aside === undefined ? {} : { taken: aside }) },
    after,
  };
  if (existing === undefined) return mergeParts([part({ steps: [run] }), cutOff(old, spec.host, name, 'run')]);
  if (!isMine(world, 'containers', existing)) return part({ problems: [notOurs('container', existing, spec.host)] });
  const own = isOurs(world, existing.labels)
    ? { changes: containerChanges(world, existing, spec, mark), ...part() }
    : planTaken(world, name, { existing, spec, mark });
  if (own.problems.length > 0) return own;
  const { changes, ...told } = own;
  if (changes.length > 0 && takesSwarm(world.input))
    return part({ problems: [takenOtherwise(`container ${name}`, changes, spec.host)] });
  if (changes.length === 0) {
    const state = planState(existing, spec, withTaken(world, existing, run));
    return mergeParts([told, state, state.steps.length === 0 ? part() : cutOff(old, spec.host, name, 'run')]);
  }
  const replace: Step = {
    id: stepId('replace-container', name),
    kind: 'replace-container',
    host: spec.host,
    args: {
      container: name,
      id: existing.id,
      spec: marked,
      changes,
      ...asTaken(world, existing.labels),
      ...(aside === undefined ? {} : { aside }),
    },
    after,
  };
  return mergeParts([told, part({ steps: [replace] }), cutOff(old, spec.host, name, 'replace')]);
}

type RunStep = StepOfKind<'run-container'>;

/** One that was taken over carries no label, and the step knows it by its id. */
const withTaken = (world: World, { id, labels }: ContainerFacts, run: RunStep): RunStep =>
  isOurs(world, labels) ? run : { ...run, args: { ...run.args, taken: id } };

/**
 * A container joins an overlay by a task of the swarm, and a node that is drained or paused takes none: the engine would
 * wait for it until it gives up. One that is on it already stays. Null where nothing is in the way.
 */
function closedTo(
  { spec: { nodes, networks } }: World,
  name: string,
  { host, networks: on }: ContainerSpec,
): Part | null {
  const { availability = 'active' } = nodes[host] ?? {};
  const overlays = Object.keys(on).filter((network) => Object.hasOwn(networks, network));
  if (availability === 'active' || overlays.length === 0) return null;
  const message = `The container ${name} cannot join ${overlays.join(', ')} on ${host}, which the spec has ${availability === 'drain' ? 'drained' : 'paused'}.`;
  const fix = `Give ${name} another \`host\`, or make ${host} active: \`flotilla node set ${host} --availability active\`.`;
  return part({ problems: [problem('conflict', { id: 'node-not-active', hosts: [host], message, fix })] });
}

/** What its engine must know of the volumes that it mounts. It is not in the mark: a volume that is there stays as it is. */
function withDeclared({ spec: { volumes } }: World, container: ContainerSpec): StepContainer {
  const names = new Set((container.volumes ?? []).flatMap((mount) => (mount.type === 'volume' ? mount.source : [])));
  const declared = Object.entries(volumes ?? {}).filter(
    ([name, one]) => names.has(name) && Object.keys(one).length > 0,
  );
  return declared.length === 0 ? container : { ...container, declared: Object.fromEntries(declared) };
}

/** Fields of the spec that changed since the container was made, and networks that somebody took it off. */
function containerChanges(world: World, existing: ContainerFacts, spec: ContainerSpec, mark: string): string[] {
  const changes = markDifferences(existing.labels[specLabel] ?? '', mark);
  // Until it is started for the first time, an engine may list a network by the id that it was asked for.
  const idOf = (name: string) => world.swarm?.networks.find((network) => network.name === name)?.id;
  const left = Object.keys(spec.networks).filter(
    (network) => !existing.networks.some((on) => on === network || on === idOf(network)),
  );
  if (left.length > 0 && !changes.includes('networks')) changes.push(`not on ${left.join(', ')} any more`);
  if (existing.state === 'dead') changes.push('the engine could not remove it (dead)');
  return changes;
}

/** An unchanged container that does not run is started, unless it was meant to end. */
function planState({ name, state }: ContainerFacts, spec: ContainerSpec, run: RunStep): Part {
  switch (state) {
    case 'created':
      return part({ steps: [run] });
    case 'exited':
      return part({ steps: mayEndWell(spec) ? [] : [run] });
    case 'paused':
      return part({
        warnings: [
          warning({
            id: 'container-paused',
            hosts: [spec.host],
            message: `The container ${name} on ${spec.host} is paused.`,
            fix: `Run \`docker unpause ${name}\` on ${spec.host}.`,
          }),
        ],
      });
    case 'removing':
      return part({
        problems: [
          problem('conflict', {
            id: 'container-removing',
            hosts: [spec.host],
            message: `The container ${name} on ${spec.host} is being removed at this moment.`,
            fix: 'Try again in a moment.',
          }),
        ],
      });
    default:
      return part();
  }
}

/**
 * Its networks, its host's own join, or that it is made active again, and the removal of a container of the same name
 * elsewhere (it moves).
 */
function waitsFor(world: World, name: string, spec: ContainerSpec, before: readonly Step[]): string[] {
  const wanted = new Set([
    ...Object.keys(spec.networks).map((network) => stepId('create-network', network)),
    stepId('join-manager', spec.host),
    stepId('join-worker', spec.host),
    ...((memberOf(world, spec.host)?.availability ?? 'active') === 'active' ? [] : [stepId('set-node', spec.host)]),
  ]);
  return [
    ...before.filter(({ id }) => wanted.has(id)).map(({ id }) => id),
    ...idsOf(before, 'init-swarm'),
    ...before.filter((step) => step.kind === 'remove-container' && step.args.container === name).map(({ id }) => id),
  ];
}
