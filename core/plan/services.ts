import { hasOtherMode, serviceDifferences, updatedSpec } from '../engine/service-differences.ts';
import { fieldDifferences, withFields } from '../engine/service-fields.ts';
import { readService } from '../engine/observed-service.ts';
import { type OwnServiceSpec, ownServiceSpec } from '../engine/service-spec.ts';
import type { ServiceFacts } from '../observation.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { EngineJson, Step } from '../step.ts';
import { serviceImagePath } from './decisions.ts';
import { resolveEndpoint } from './endpoint.ts';
import { hostPortWarnings } from './host-ports.ts';
import { resolveImage } from './images.ts';
import { volumeWarnings } from './local-volumes.ts';
import { notOurs } from './networks.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { activeNodes, eligibleHosts } from './placement.ts';
import { idsOf, stepId } from './steps.ts';
import { isOurs, type World } from './world.ts';

/** Steps that create and update the services of the spec. They wait for their networks and for every node. */
export function planServices(world: World, before: readonly Step[]): Part {
  return mergeParts(Object.entries(world.spec.services).map(([name, spec]) => planOne(world, name, spec, before)));
}

function planOne(world: World, name: string, spec: ServiceSpec, before: readonly Step[]): Part {
  const facts = world.swarm?.services.find((service) => service.name === name);
  if (facts !== undefined && !isOurs(world, facts.labels)) return part({ problems: [notOurs('service', name)] });
  const existing = facts === undefined ? undefined : readService(facts);
  if (facts !== undefined && existing === undefined) return part({ problems: [notUnderstood(name)] });
  const resolved = resolveEndpoint({ world, name, spec, existing });
  if (resolved.endpoint === null) return resolved;
  const running = existing?.TaskTemplate.ContainerSpec.Image;
  const where = mayStartOn(world, spec);
  const { image, ...looked } = resolveImage({ world, path: serviceImagePath(name), image: spec.image, running, where });
  const body = { name, cluster: world.input.cluster, endpoint: resolved.endpoint };
  const wanted = ownServiceSpec({ ...spec, image }, body);
  const own = mergeParts([resolved, looked, part({ warnings: hostPortWarnings(world, { name, spec, wanted }) })]);
  const after = waitsFor(spec, before);
  const within = { cluster: world.input.cluster, volumes: world.spec.volumes, configs: world.configs };
  if (facts === undefined || existing === undefined)
    return mergeParts([own, part({ steps: [createStep(name, withFields(asJson(wanted), spec, { within }), after)] })]);
  if (hasOtherMode(existing, wanted)) return part({ problems: [modeIsFixed(name)] });
  const warned = mergeParts([own, part({ warnings: volumeWarnings(world, { name, spec, existing }) })]);
  const changes = [
    ...serviceDifferences(existing, wanted, networkNames(world)),
    ...fieldDifferences(existing, spec, within),
  ];
  if (changes.length === 0) return warned;
  const step = updateStep(
    facts,
    withFields(updatedSpec(existing, wanted), spec, { within, now: existing }),
    changes,
    after,
  );
  return mergeParts([warned, part({ steps: [step] })]);
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

const updateStep = ({ id, name }: ServiceFacts, spec: EngineJson, changes: string[], after: string[]): Step => ({
  id: stepId('update-service', name),
  kind: 'update-service',
  host: null,
  args: { service: name, id, spec, changes },
  after,
});

/** From the id of a network, as observed services name it, to its name. */
export function networkNames(world: World): (target: string) => string {
  const names = new Map(world.swarm?.networks.map(({ id, name }) => [id, name]));
  return (target) => names.get(target) ?? target;
}

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
