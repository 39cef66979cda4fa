import { networkNameOf, readService } from '../engine/observed-service.ts';
import type { Observation, SwarmFacts } from '../observation.ts';
import type { HeldKind } from '../spec/held.ts';
import { heldKinds } from '../spec/held.ts';
import type { Spec } from '../spec/spec.ts';
import type { EngineJson } from '../step.ts';
import { draftContainer } from './container.ts';
import { draftNetwork } from './network.ts';
import { userLabels } from '../plan/node-labels.ts';
import { said, saidByName, type Untold } from './said.ts';
import { draftService } from './service.ts';
import { type Sections, settleDraft } from './settle.ts';

/*
 * From what the engines say to a spec that describes it, so that a swarm that runs already can be taken over as it is. What a
 * spec cannot say is told by name. Secrets and configs are `external`: others made them, and no engine tells a secret.
 */

export interface DraftInput {
  cluster: string;
  observation: Observation;
  swarm: SwarmFacts;
  /** NodeID to the name of its host, for nodes that are registered. */
  hostOf: ReadonlyMap<string, string>;
}

export interface Draft {
  /** Null where not even the nodes can be said. */
  spec: Spec | null;
  untold: Untold[];
}

/** The spec of what runs, which a plan finds nothing to change in, and what of that no spec says. Pure. */
export function draftOf(input: DraftInput): Draft {
  const untold: Untold[] = [];
  const { swarm } = input;
  const sections: Sections = {
    networks: draftNetworks(swarm, untold),
    volumes: {},
    services: {},
    containers: {},
    secrets: {},
    configs: {},
  };
  addServices(swarm, sections, untold);
  addContainers(input, sections, untold);
  const head = { cluster: input.cluster, swarm: swarmKeys(swarm), nodes: draftNodes(input, untold) };
  const settled = settleDraft(head, sections, swarm);
  return { spec: settled.spec, untold: [...untold, ...settled.untold] };
}

/** What was fixed when the swarm was formed. */
const swarmKeys = ({ dataPathPort, addressPools, subnetSize }: SwarmFacts): EngineJson => ({
  ...(dataPathPort === 0 ? {} : { data_path_port: dataPathPort }),
  ...(addressPools.length === 1 && addressPools[0] === '10.0.0.0/8' ? {} : said('address_pools', addressPools)),
  ...said('subnet_size', subnetSize),
});

function draftNodes({ swarm, hostOf }: DraftInput, untold: Untold[]): Record<string, EngineJson> {
  const nodes: [string, EngineJson][] = [];
  for (const { id, hostname, role, availability, labels } of swarm.nodes) {
    const host = hostOf.get(id);
    if (host === undefined) untold.push({ what: `node ${hostname}`, why: 'it is no registered host' });
    else nodes.push([host, { role, availability, ...saidByName('labels', userLabels(labels)) }]);
  }
  return Object.fromEntries(nodes);
}

function draftNetworks(swarm: SwarmFacts, untold: Untold[]): Record<string, EngineJson> {
  const networks: [string, EngineJson][] = [];
  for (const facts of swarm.networks.filter(({ ingress }) => !ingress)) {
    const what = `network ${facts.name}`;
    if (facts.driver !== 'overlay') {
      untold.push({ what, why: `its driver is ${facts.driver}` });
      continue;
    }
    const { network, untold: more } = draftNetwork(facts);
    networks.push([facts.name, network]);
    if (more.length > 0) untold.push({ what, why: `${more.join(', ')} stays as it is, unsaid` });
  }
  return Object.fromEntries(networks);
}

function addServices(swarm: SwarmFacts, sections: Sections, untold: Untold[]): void {
  const nameOf = networkNameOf(swarm.networks);
  for (const facts of swarm.services) {
    const what = `service ${facts.name}`;
    const now = readService(facts);
    const isJob = now !== undefined && now.Mode.Global === undefined && now.Mode.Replicated === undefined;
    if (now === undefined || isJob) {
      untold.push({ what, why: isJob ? 'it is a job, which no spec says' : 'its description is not understood' });
      continue;
    }
    const drafted = draftService(now, nameOf);
    sections.services[facts.name] = drafted.service;
    Object.assign(sections.volumes, drafted.volumes);
    for (const kind of heldKinds) addHeld(sections, kind, drafted.held[kind]);
    if (drafted.untold.length > 0) untold.push({ what, why: `${drafted.untold.join(', ')} stays as it is, unsaid` });
  }
}

function addHeld(sections: Sections, kind: HeldKind, names: readonly string[]): void {
  for (const name of names) sections[kind][name] = { external: true };
}

function addContainers({ observation, hostOf }: DraftInput, sections: Sections, untold: Untold[]): void {
  for (const host of hostOf.values()) {
    const standing = observation.standing?.[host];
    if (standing === undefined || !standing.known) {
      const why = standing === undefined ? 'nobody looked' : standing.reason;
      untold.push({ what: `containers on ${host}`, why: `they could not be seen: ${why}` });
      continue;
    }
    for (const facts of standing.value) {
      const what = `container ${facts.name} on ${host}`;
      const drafted = draftContainer(host, facts);
      if (drafted.kind === 'untold') untold.push({ what, why: `${drafted.why}; it stays with who started it` });
      else if (Object.hasOwn(sections.containers, facts.name))
        untold.push({ what, why: 'another host has one of that name; it stays with who started it' });
      else {
        sections.containers[facts.name] = drafted.container;
        sections.volumes = { ...drafted.volumes, ...sections.volumes };
      }
    }
  }
}
