import type { ContainerFacts, Observation } from '../observation.ts';
import type { Decision } from '../plan.ts';
import { clusterLabel } from '../spec/names.ts';
import type { Spec } from '../spec/spec.ts';
import type { PlanInput } from './input.ts';

/*
 * Objects that others made, and that were taken over as they run. Docker changes no label of a network or container that
 * lives, and a `docker stack deploy` takes ours off a service again: that they are ours is decided with the revision, by
 * their ids. What is made anew under that name is somebody else's.
 */

export type TakenKind = 'networks' | 'services' | 'containers';
const prefix = 'taken.';
const consentPath = 'take_over';

/** Where it is decided that an object is ours. */
export const takenPath = (kind: TakenKind, name: string): string => `${prefix}${kind}.${name}`;

/** That a revision may take over what is there under the names of its spec; it holds for that revision only. */
export const consentTo = (revision: number): Decision => ({
  path: consentPath,
  value: revision,
  reason: 'asked for with `--take-over`',
});

/** Whether decisions were made with a revision that takes over. */
export const isConsented = (decisions: readonly Decision[], revision: number): boolean =>
  decisions.some(({ path, value }) => path === consentPath && value === revision);

/** Whether this plan may take over: not when the revision is current already, or what comes later would be taken unasked. */
export const takesOver = ({ decisions, revision, base }: PlanInput): boolean =>
  revision !== base && isConsented(decisions, revision);

/** Whether it takes over a whole swarm, of which nothing was applied before: then nothing that runs may be touched. */
export const takesSwarm = (input: PlanInput): boolean => input.base === null && takesOver(input);

/** What a decision says of a container is its id, and what the spec said of it then. */
export const idIn = (value: Decision['value']): string => String(value).split(' ', 1)[0] ?? '';

/** The ids of all objects that were taken over. */
export const takenIds = (decisions: readonly Decision[]): ReadonlySet<string> =>
  new Set(decisions.filter(({ path }) => path.startsWith(prefix)).map(({ value }) => idIn(value)));

/** By path: the id of each object that is ours without a label, or becomes so with this plan. */
export function takenOf(input: PlanInput): ReadonlyMap<string, string> {
  const before = input.decisions.filter(({ path }) => path.startsWith(prefix));
  const now = takesOver(input) ? found(input) : [];
  return new Map([...before.map(({ path, value }) => [path, idIn(value)] as const), ...now]);
}

/** What is there under a name of the spec and carries nobody's label. */
function found({ spec, observation: { hosts, swarm } }: PlanInput): (readonly [string, string])[] {
  const inSwarm = swarm.known && swarm.value !== null ? swarm.value : { networks: [], services: [] };
  const pathsOf = (kind: 'networks' | 'services') =>
    inSwarm[kind]
      .filter((one) => free(one) && Object.hasOwn(spec[kind], one.name))
      .map(({ name, id }) => [takenPath(kind, name), id] as const);
  const containers = freeContainers(spec, hosts).map(({ name, id }) => [takenPath('containers', name), id] as const);
  return [...pathsOf('networks'), ...pathsOf('services'), ...containers];
}

type Labelled = Pick<ContainerFacts, 'labels'>;
const free = ({ labels }: Labelled): boolean => !(clusterLabel in labels);

const freeContainers = (spec: Spec, hosts: Observation['hosts']): ContainerFacts[] =>
  Object.entries(spec.containers).flatMap(([name, { host }]) => {
    const facts = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
    const one = facts?.known === true ? facts.value.containers.find((container) => container.name === name) : undefined;
    return one !== undefined && free(one) ? [one] : [];
  });

interface Consented {
  spec: Spec;
  number: number;
  decisions: readonly Decision[];
}

/** The ids of containers that a revision would take over: of these a plan needs to see what they were asked to be. */
export function containersToTake({ spec, number, decisions }: Consented, hosts: Observation['hosts']): Set<string> {
  if (!isConsented(decisions, number)) return new Set();
  const taken = takenIds(decisions);
  return new Set(freeContainers(spec, hosts).flatMap(({ id }) => (taken.has(id) ? [] : [id])));
}

/** Whether a decision is still of use: its object is there, or may be where nobody could look. */
export function isStillTaken(decision: Decision, { hosts, swarm }: Observation): boolean {
  const kind = takenObject(decision)?.kind;
  if (kind === undefined) return false;
  const id = idIn(decision.value);
  if (kind === 'containers')
    return Object.values(hosts).some((facts) => !facts.known || facts.value.containers.some((one) => one.id === id));
  return !swarm.known || swarm.value === null || swarm.value[kind].some((one) => one.id === id);
}

/** What is decided of an object that is taken over. */
export const takenDecision = (kind: TakenKind, name: string, value: string): Decision => ({
  path: takenPath(kind, name),
  value,
  reason: 'it was there, and is taken over as it is',
});

/** The object that a decision takes over; null for any other decision. */
export function takenObject({ path }: Pick<Decision, 'path'>): { kind: TakenKind; name: string } | null {
  const kind = (['networks', 'services', 'containers'] as const).find((one) => path.startsWith(takenPath(one, '')));
  return kind === undefined ? null : { kind, name: path.slice(takenPath(kind, '').length) };
}
