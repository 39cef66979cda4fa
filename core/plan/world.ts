import { asideOf } from '../engine/aside-names.ts';
import type { MadeConfigs } from '../engine/made-config.ts';
import type { Host } from '../host.ts';
import type { HostFacts, NodeFacts, SwarmFacts } from '../observation.ts';
import type { Observed } from '../observed.ts';
import { unknown } from '../observed.ts';
import { clusterLabel } from '../spec/names.ts';
import type { Spec } from '../spec/spec.ts';
import type { PlanInput } from './input.ts';
import { type TakenKind, takenOf, takenPath } from './taken.ts';

/** The input as the parts of the planner look at it. */
export interface World {
  readonly input: PlanInput;
  readonly spec: Spec;
  /** Hosts of the spec in its order. */
  readonly nodes: readonly string[];
  /** Our swarm as one of its managers sees it; null when it is not formed or could not be seen. */
  readonly swarm: SwarmFacts | null;
  readonly hosts: ReadonlyMap<string, Host>;
  /** Configs that the spec says, as the swarm gets them. */
  readonly configs: MadeConfigs;
  /** By path, the ids of objects that are ours without our label: taken over, before or with this plan. */
  readonly taken: ReadonlyMap<string, string>;
}

export function worldOf(input: PlanInput, configs: MadeConfigs = new Map()): World {
  const { swarm } = input.observation;
  return {
    input,
    spec: input.spec,
    nodes: Object.keys(input.spec.nodes),
    swarm: swarm.known && swarm.value !== null && isOurSwarm(input, swarm.value) ? swarm.value : null,
    hosts: new Map(input.hosts.map((host) => [host.name, host])),
    configs,
    taken: takenOf(input),
  };
}

/** By the id on record; before one is on record (a kill right after init), by the label the swarm was made with. */
const isOurSwarm = ({ record, cluster }: PlanInput, swarm: SwarmFacts): boolean =>
  record.swarmId === null ? swarm.labels[clusterLabel] === cluster : swarm.id === record.swarmId;

/** Hosts that belong to the cluster and are not in its spec (any more). */
export const leftOut = ({ input, hosts, nodes }: World): string[] =>
  [...hosts.values()]
    .filter(({ name, cluster }) => cluster === input.cluster && !nodes.includes(name))
    .map(({ name }) => name);

/** What is known of a host; a host that nobody looked at is unknown, not absent. */
export const factsOf = (world: World, host: string): Observed<HostFacts> =>
  own(world.input.observation.hosts, host) ?? unknown(`${host} was not looked at`);

/** A member by its own name only: names come from people, and `constructor` is a valid one. */
const own = <T>(map: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;

/** Facts of the hosts of the spec that could be seen. */
export const seenHosts = (world: World): Map<string, HostFacts> => seenOf(world, world.nodes);

/** Facts of the hosts that the spec has left out, as far as they could be seen. */
export const seenLeaving = (world: World): Map<string, HostFacts> => seenOf(world, leftOut(world));

function seenOf(world: World, hosts: readonly string[]): Map<string, HostFacts> {
  const seen = new Map<string, HostFacts>();
  for (const host of hosts) {
    const facts = factsOf(world, host);
    if (facts.known) seen.set(host, facts.value);
  }
  return seen;
}

/**
 * The node that a host is in our swarm, or undefined when it is none. A worker knows no cluster id, so a host is
 * ours when a manager of ours lists its NodeID: its own as it says now, or the one on record when it cannot be seen.
 */
export function memberOf(world: World, host: string): NodeFacts | undefined {
  const facts = factsOf(world, host);
  const { swarm } = facts.known ? facts.value.engine : { swarm: null };
  if (swarm !== null && swarm.state === 'inactive') return undefined;
  const id = swarm === null ? nodeOnRecord(world, host) : swarm.nodeId;
  return world.swarm?.nodes.find((node) => node.id === id);
}

/** The NodeID that a host had when it was last seen as a node of ours. */
export const nodeOnRecord = (world: World, host: string): string | null => own(world.input.record.nodes, host) ?? null;

/** True when the labels say that this cluster's Flotilla made the object. */
export const isOurs = (world: World, labels: Readonly<Record<string, string>>): boolean =>
  labels[clusterLabel] === world.input.cluster;

interface Found {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** The same of what may have been taken over, and then is known by its id: a container also where it stands aside. */
export function isMine(world: World, kind: TakenKind, { id, name, labels }: Found): boolean {
  const place = kind === 'containers' ? (asideOf(name)?.container ?? name) : name;
  return isOurs(world, labels) || world.taken.get(takenPath(kind, place)) === id;
}

/** For the step that is to touch it: that it is ours by its id alone. */
export const asTaken = (world: World, labels: Readonly<Record<string, string>>): { taken?: true } =>
  isOurs(world, labels) ? {} : { taken: true };
