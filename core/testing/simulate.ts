import type { ContainerFacts, HostFacts, NetworkFacts, NodeFacts, Observation, SwarmFacts } from '../observation.ts';
import { known } from '../observed.ts';
import { readService } from '../engine/observed-service.ts';
import { networkOf, parseIp } from '../net/cidr.ts';
import { clusterLabel, operationLabel, tokenLabel } from '../spec/names.ts';
import type { EngineJson, Step, StepContainer } from '../step.ts';
import { inNoSwarm, nodeIdOf, recordOf, swarmId, withHost, withSwarm } from './observations.ts';
import type { PlanInput } from '../plan/input.ts';
import { z } from 'zod';

/**
 * What the engines would say after a plan was carried out, as far as the planner looks at it. The swarm stores a
 * service's networks by id, as the real one does; everything that was asked for is running.
 */
export function simulate(steps: readonly Step[], observation: Observation): Observation {
  const done = new Set<string>();
  return steps.reduce((now, step) => {
    const early = step.after.filter((id) => !done.has(id));
    if (early.length > 0) throw new Error(`${step.id} comes before ${early.join(', ')}`);
    done.add(step.id);
    return after(step, now);
  }, observation);
}

/** The input for planning the same again after the plan was carried out. */
export const afterwards = (
  input: PlanInput,
  plan: { steps: readonly Step[]; decisions: PlanInput['decisions'] },
): PlanInput => {
  const observation = simulate(plan.steps, input.observation);
  return { ...input, base: input.revision, decisions: plan.decisions, observation, record: recordOf(observation) };
};

function after(step: Step, now: Observation): Observation {
  if (step.kind === 'prepare-host' || step.kind === 'restart-engine' || step.kind === 'verify') return now;
  if (step.kind === 'init-swarm') return initiated(step, now);
  if (step.kind === 'join-manager' || step.kind === 'join-worker') return joined(step, now);
  if (step.kind === 'run-container') return withRunning(now, step.host ?? '', step.args.container, step.args.spec);
  if (step.kind === 'replace-container') {
    return withRunning(
      withoutContainer(now, step.host ?? '', step.args.container),
      step.host ?? '',
      step.args.container,
      step.args.spec,
    );
  }
  if (step.kind === 'leave-swarm') return left(now, step.args.node);
  if (step.kind === 'end-swarm') return { ...left(now, step.args.node), swarm: known(null) };
  if (step.kind === 'remove-container') return withoutContainer(now, step.host ?? '', step.args.container);
  return servicePortsOpened(
    now,
    withSwarm(now, (swarm) => swarmAfter(step, swarm)),
  );
}

/** Every host listens on the published TCP ports of services: for a mesh that is so, and for host mode it is the harder case. */
function servicePortsOpened(before: Observation, now: Observation): Observation {
  const [had, has] = [servicePorts(before), servicePorts(now)];
  return Object.keys(now.hosts).reduce(
    (all, name) =>
      withHost(all, name, (facts) => {
        if (!facts.system.known) return facts;
        const others = facts.system.value.listeningTcp.filter((port) => !had.includes(port) || has.includes(port));
        return { ...facts, system: known({ ...facts.system.value, listeningTcp: [...new Set([...others, ...has])] }) };
      }),
    now,
  );
}

const servicePorts = ({ swarm }: Observation): number[] =>
  ((swarm.known ? swarm.value?.services : undefined) ?? []).flatMap(
    (facts) => readService(facts)?.EndpointSpec.Ports.map((port) => port.PublishedPort) ?? [],
  );

type SwarmStep = Extract<
  Step,
  {
    kind:
      | 'set-node'
      | 'drain-node'
      | 'remove-node'
      | 'rotate-join-token'
      | 'create-network'
      | 'remove-network'
      | 'create-config'
      | 'remove-config'
      | 'create-secret'
      | 'remove-secret'
      | 'create-service'
      | 'update-service'
      | 'remove-service';
  }
>;

function swarmAfter(step: SwarmStep, swarm: SwarmFacts): SwarmFacts {
  if (step.kind === 'set-node') {
    const { node, id: _id, ...settings } = step.args;
    return { ...swarm, nodes: swarm.nodes.map((one) => (one.id === nodeIdOf(node) ? { ...one, ...settings } : one)) };
  }
  if (step.kind === 'rotate-join-token') {
    const { role, turn } = step.args;
    return { ...swarm, labels: { ...swarm.labels, [tokenLabel(role)]: String(turn) } };
  }
  if (step.kind === 'drain-node') {
    const nodes = swarm.nodes.map((one) =>
      one.id === step.args.id ? { ...one, availability: 'drain' as const } : one,
    );
    return { ...swarm, nodes };
  }
  if (step.kind === 'remove-node') return { ...swarm, nodes: swarm.nodes.filter(({ id }) => id !== step.args.id) };
  if (step.kind === 'create-network')
    return { ...swarm, networks: [...swarm.networks, networkFrom(step.args.create, swarm)] };
  if (step.kind === 'remove-network')
    return { ...swarm, networks: swarm.networks.filter(({ id }) => id !== step.args.id) };
  if (step.kind === 'create-config')
    return { ...swarm, configs: [...(swarm.configs ?? []), heldFrom(step.args.name, step.args.labels)] };
  if (step.kind === 'create-secret')
    return { ...swarm, secrets: [...(swarm.secrets ?? []), heldFrom(step.args.secret, step.args.labels)] };
  if (step.kind === 'remove-secret')
    return { ...swarm, secrets: swarm.secrets?.filter(({ id }) => id !== step.args.id) };
  if (step.kind === 'remove-config')
    return { ...swarm, configs: swarm.configs?.filter(({ id }) => id !== step.args.id) };
  if (step.kind === 'remove-service')
    return { ...swarm, services: swarm.services.filter(({ id }) => id !== step.args.id) };
  const others = swarm.services.filter(({ name }) => name !== step.args.service);
  return { ...swarm, services: [...others, serviceFrom(step.args.service, step.args.spec, swarm)] };
}

const heldFrom = (name: string, labels: Readonly<Record<string, string>>) => ({
  id: `held-${name}`,
  name,
  labels: { ...labels, [operationLabel]: 'op_test' },
});

function initiated({ host, args }: Extract<Step, { kind: 'init-swarm' }>, now: Observation): Observation {
  const name = host ?? '';
  const swarm: SwarmFacts = {
    id: swarmId,
    labels: { [clusterLabel]: args.cluster, [operationLabel]: 'op_test' },
    manager: name,
    dataPathPort: args.dataPathPort,
    addressPools: args.addressPools,
    subnetSize: args.subnetSize,
    nodes: [nodeFrom(name, 'manager', args.advertiseAddr, true)],
    networks: [],
    services: [],
  };
  return { ...asMember(now, name, args.advertiseAddr, true), swarm: known(swarm) };
}

function joined(step: Extract<Step, { kind: 'join-manager' | 'join-worker' }>, now: Observation): Observation {
  const name = step.host ?? '';
  const isManager = step.kind === 'join-manager';
  const node = nodeFrom(name, isManager ? 'manager' : 'worker', step.args.advertiseAddr, false);
  return withSwarm(asMember(now, name, step.args.advertiseAddr, isManager), (swarm) => ({
    ...swarm,
    nodes: [...swarm.nodes, node],
  }));
}

const nodeFrom = (name: string, role: NodeFacts['role'], addr: string, leader: boolean): NodeFacts => ({
  id: nodeIdOf(name),
  hostname: name,
  role,
  availability: 'active',
  state: 'ready',
  addr,
  leader,
  labels: {},
});

const asMember = (now: Observation, name: string, nodeAddr: string, isManager: boolean): Observation =>
  withHost(now, name, (facts) => ({
    ...listening(facts, 7946),
    engine: {
      ...facts.engine,
      swarm: {
        state: 'active',
        nodeId: nodeIdOf(name),
        nodeAddr,
        controlAvailable: isManager,
        clusterId: isManager ? swarmId : null,
        error: null,
      },
    },
  }));

const left = (now: Observation, name: string): Observation =>
  withHost(now, name, (facts) => {
    const system = facts.system.known
      ? known({ ...facts.system.value, listeningTcp: facts.system.value.listeningTcp.filter((port) => port !== 7946) })
      : facts.system;
    return { ...facts, system, engine: { ...facts.engine, swarm: inNoSwarm } };
  });

const listening = (facts: HostFacts, ...ports: number[]): HostFacts =>
  facts.system.known
    ? {
        ...facts,
        system: known({ ...facts.system.value, listeningTcp: [...facts.system.value.listeningTcp, ...ports] }),
      }
    : facts;

const createSchema = z.object({
  Name: z.string(),
  Driver: z.string(),
  Attachable: z.boolean(),
  Internal: z.boolean(),
  EnableIPv6: z.boolean(),
  IPAM: z.object({
    Config: z.array(z.object({ Subnet: z.string(), Gateway: z.string().optional(), IPRange: z.string().optional() })),
  }),
  Options: z.record(z.string(), z.string()),
  Labels: z.record(z.string(), z.string()),
});

function networkFrom(create: EngineJson, swarm: SwarmFacts): NetworkFacts {
  const body = createSchema.parse(create);
  const asked = body.IPAM.Config.map(({ Subnet, Gateway, IPRange }) => ({
    subnet: Subnet,
    gateway: Gateway ?? null,
    ipRange: IPRange ?? null,
  }));
  const fromPool = { subnet: `10.200.${100 + swarm.networks.length}.0/24`, gateway: null, ipRange: null };
  return {
    id: `network-${body.Name}`,
    name: body.Name,
    driver: body.Driver,
    attachable: body.Attachable,
    internal: body.Internal,
    ingress: false,
    enableIpv6: body.EnableIPv6,
    options: body.Options,
    labels: { ...body.Labels, [operationLabel]: 'op_test' },
    subnets: (asked.length === 0 ? [fromPool] : asked).map((one) => ({
      ...one,
      gateway: one.gateway ?? firstAddress(one.subnet),
    })),
  };
}

/** The engine gives the first address to the gateway when it is told nothing. */
function firstAddress(subnet: string): string | null {
  const [address = '', prefix = ''] = subnet.split('/');
  if (parseIp(address)?.family !== 4 || networkOf(address, Number(prefix)) === undefined) return null;
  const parts = address.split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join('.');
}

const taskSchema = z.looseObject({
  Labels: z.record(z.string(), z.string()),
  TaskTemplate: z.looseObject({ Networks: z.array(z.looseObject({ Target: z.string() })) }),
});

function serviceFrom(name: string, body: EngineJson, swarm: SwarmFacts) {
  const { Labels, TaskTemplate } = taskSchema.parse(body);
  const idOf = new Map(swarm.networks.map((network) => [network.name, network.id]));
  const labels = { ...Labels, [operationLabel]: 'op_test' };
  const Networks = TaskTemplate.Networks.map((one) => ({ ...one, Target: idOf.get(one.Target) ?? one.Target }));
  return {
    id: `service-${name}`,
    name,
    labels,
    spec: { ...body, Labels: labels, TaskTemplate: { ...TaskTemplate, Networks } },
  };
}

const withRunning = (now: Observation, host: string, name: string, spec: StepContainer): Observation =>
  withHost(withoutContainer(now, host, name), host, (facts) => ({
    ...listening(facts, ...spec.ports.map(({ published }) => published)),
    containers: [...facts.containers, containerFrom(now, name, spec)],
  }));

function containerFrom(now: Observation, name: string, spec: StepContainer): ContainerFacts {
  const networks = Object.keys(spec.networks);
  const cluster = now.swarm.known ? (now.swarm.value?.labels[clusterLabel] ?? '') : '';
  return {
    id: `container-${name}`,
    name,
    image: spec.image,
    state: 'running',
    labels: { ...spec.labels, [clusterLabel]: cluster, [operationLabel]: 'op_test' },
    networks: networks.length === 0 ? ['bridge'] : networks,
    publishedPorts: spec.ports.map(({ published }) => published),
  };
}

const withoutContainer = (now: Observation, host: string, name: string): Observation =>
  withHost(now, host, (facts) => {
    const gone = facts.containers
      .filter((container) => container.name === name)
      .flatMap(({ publishedPorts }) => publishedPorts);
    const system = facts.system.known
      ? known({
          ...facts.system.value,
          listeningTcp: facts.system.value.listeningTcp.filter((port) => !gone.includes(port)),
        })
      : facts.system;
    return { ...facts, system, containers: facts.containers.filter((container) => container.name !== name) };
  });
