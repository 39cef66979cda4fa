import { hasOtherMode, serviceDifferences, updatedSpec } from '../engine/service-differences.ts';
import { fieldDifferences, isInLabelsOnly, withFields } from '../engine/service-fields.ts';
import { networkNameOf, type ObservedService, readService } from '../engine/observed-service.ts';
import { type OwnServiceSpec, ownServiceSpec } from '../engine/service-spec.ts';
import type { ServiceFacts } from '../observation.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { EngineJson, Step } from '../step.ts';
import { clusterLabel } from '../spec/names.ts';
import type { Within } from '../engine/service-field.ts';
import { serviceImagePath } from './decisions.ts';
import { resolveEndpoint } from './endpoint.ts';
import { hostPortWarnings } from './host-ports.ts';
import { resolveImage } from './images.ts';
import { volumeWarnings } from './local-volumes.ts';
import { notOurs } from './not-ours.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { activeNodes, eligibleHosts } from './placement.ts';
import { idsOf, stepId } from './steps.ts';
import { takenDecision, takesOver, takesSwarm } from './taken.ts';
import { takenOtherwise } from './taken-otherwise.ts';
import { asTaken, isMine, isOurs, type World } from './world.ts';

/** Steps that create and update the services of the spec. They wait for their networks and for every node. */
export function planServices(world: World, before: readonly Step[]): Part {
  return mergeParts(Object.entries(world.spec.services).map(([name, spec]) => planOne(world, name, spec, before)));
}

function planOne(world: World, name: string, spec: ServiceSpec, before: readonly Step[]): Part {
  const facts = world.swarm?.services.find((service) => service.name === name);
  if (facts !== undefined && !isMine(world, 'services', facts)) return part({ problems: [notOurs('service', facts)] });
  const existing = facts === undefined ? undefined : readService(facts);
  if (facts !== undefined && existing === undefined) return part({ problems: [notUnderstood(name)] });
  const resolved = resolveEndpoint({ world, name, spec, existing });
  if (resolved.endpoint === null) return resolved;
  const running = existing?.TaskTemplate.ContainerSpec.Image;
  const where = mayStartOn(world, spec);
  const isTaken = facts !== undefined && (!isOurs(world, facts.labels) || takesSwarm(world.input));
  const path = serviceImagePath(name);
  const { image, ...looked } = resolveImage({ world, path, image: spec.image, running, where, isTaken });
  const body = { name, cluster: world.input.cluster, endpoint: resolved.endpoint };
  const wanted = ownServiceSpec({ ...spec, image }, body);
  const own = mergeParts([resolved, looked, part({ warnings: hostPortWarnings(world, { name, spec, wanted }) })]);
  const after = waitsFor(spec, before);
  const within = { cluster: world.input.cluster, volumes: world.spec.volumes, configs: world.configs };
  if (facts === undefined || existing === undefined)
    return mergeParts([own, part({ steps: [createStep(name, withFields(asJson(wanted), spec, { within }), after)] })]);
  if (hasOtherMode(existing, wanted)) return part({ problems: [modeIsFixed(name)] });
  const changed = planChanges(world, { facts, existing, wanted, spec, within }, after);
  return mergeParts([own, part({ warnings: volumeWarnings(world, { name, spec, existing }) }), changed]);
}

interface Compared {
  facts: ServiceFacts;
  existing: ObservedService;
  wanted: OwnServiceSpec;
  spec: ServiceSpec;
  within: Within;
}

/** What differs. Where that is in labels only, the rest is sent as it is: a task spec in other words restarts its tasks. */
function planChanges(world: World, { facts, existing, wanted, spec, within }: Compared, after: string[]): Part {
  const nameOf = networkNames(world);
  const fields = fieldDifferences(existing, spec, within);
  const changes = [...serviceDifferences(existing, wanted, nameOf), ...fields];
  const isLabelled = isOurs(world, facts.labels);
  if (isLabelled && changes.length === 0) return part();
  const full = withFields(updatedSpec(existing, wanted), spec, { within, now: existing });
  const isOther = (labels: Record<string, string>): string[] => [
    ...serviceDifferences({ ...existing, Labels: labels }, wanted, nameOf),
    ...fields.filter((difference) => !isInLabelsOnly(difference)),
  ];
  const labelsOnly = isOther(wanted.Labels).length === 0;
  const how = labelsOnly
    ? { spec: { ...facts.spec, Labels: full['Labels'] }, labelsOnly: true as const }
    : { spec: full };
  const step = (told: string[]): Step => updateStep(world, facts, { ...how, changes: told }, after);
  if (isLabelled && !takesSwarm(world.input)) return part({ steps: [step(changes)] });
  const decisions = isLabelled ? [] : [takenDecision('services', facts.name, facts.id)];
  if (!takesOver(world.input))
    return part({
      steps: [step(labelsOnly ? ['the labels of Flotilla again; no task is restarted'] : changes)],
      decisions,
    });
  // Taken over as it is or not at all: whoever takes over wants nothing of it to change.
  const others = isOther({ ...existing.Labels, [clusterLabel]: world.input.cluster });
  if (others.length > 0) return part({ problems: [takenOtherwise(`service ${facts.name}`, others)] });
  return part({ steps: [step(['take it over by its labels; no task is restarted'])], decisions });
}

/** The hosts on which its tasks may start, at least; none where it is to have no task. */
const mayStartOn = (world: World, { deploy }: ServiceSpec): string[] =>
  deploy.mode === 'replicated' && deploy.replicas === 0
    ? []
    : (eligibleHosts(world, deploy.placement.constraints) ?? activeNodes(world));

/**
 * The networks, secrets and configs that are made for it, and all joins and node settings, as tasks are placed by role
 * and labels; and that nodes that are lost are off the list.
 */
function waitsFor(spec: ServiceSpec, before: readonly Step[]): string[] {
  const needed = new Set([
    ...Object.keys(spec.networks).map((network) => stepId('create-network', network)),
    ...(spec.secrets ?? []).map(({ source }) => stepId('create-secret', source)),
    ...(spec.configs ?? []).map(({ source }) => stepId('create-config', source)),
  ]);
  return [
    ...before.filter(({ id }) => needed.has(id)).map(({ id }) => id),
    ...idsOf(before, 'init-swarm', 'join-manager', 'join-worker', 'set-node', 'remove-node'),
  ];
}

/** An EngineJson is any JSON object; a typed body is one. */
const asJson = (body: OwnServiceSpec): EngineJson => ({ ...body });

const createStep = (name: string, spec: EngineJson, after: string[]): Step => ({
  id: stepId('create-service', name),
  kind: 'create-service',
  host: null,
  args: { service: name, spec },
  after,
});

const updateStep = (
  world: World,
  { id, name, labels }: ServiceFacts,
  how: { spec: EngineJson; changes: string[]; labelsOnly?: true },
  after: string[],
): Step => ({
  id: stepId('update-service', name),
  kind: 'update-service',
  host: null,
  args: { service: name, id, ...how, ...asTaken(world, labels) },
  after,
});

/** From the id of a network, as observed services name it, to its name. */
export const networkNames = ({ swarm }: World): ((target: string) => string) => networkNameOf(swarm?.networks ?? []);

const notUnderstood = (name: string): Problem =>
  problem('engine_error', {
    id: 'service-not-understood',
    message: `The engine describes the service ${name} in a way that is not understood, so it cannot be compared.`,
    fix: `Look at it with \`docker service inspect ${name}\` on a manager.`,
  });

const modeIsFixed = (name: string): Problem =>
  problem('not_supported_yet', {
    id: 'service-mode-change',
    message: `The service ${name} exists; Docker cannot turn a replicated service into a global one or back.`,
    fix: `Take ${name} out of the spec, apply, then add it again with the new mode.`,
  });
