import { AppError } from '#core/errors.ts';
import type { LogUnseen } from '#core/logs.ts';
import { didYouMean } from '#core/nearest.ts';
import { naturally } from '#core/natural-order.ts';
import type { EngineClient } from '../docker/engine.ts';
import { listNodes } from '../docker/nodes.ts';
import { listServices, type Service } from '../docker/services.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import type { Hosts } from '../hosts.ts';
import { swarmLabels } from '../observe/facts.ts';
import { isAway, type Managers } from '../steps/managers.ts';
import { placeOf } from '../steps/service-tasks.ts';
import { containersOn, type Look } from './containers-on.ts';
import type { Source } from './read-container.ts';

/** What there is to read, what not and why, and what to know of the whole. */
export interface Found {
  sources: Source[];
  unseen: LogUnseen[];
  notes: string[];
}

export interface WantedService {
  cluster: string;
  name: string;
  managers: Pick<Managers, 'ask'>;
  hosts: Pick<Hosts, 'engine'>;
  /** Host of each NodeID, as known when this began. */
  hostOf: ReadonlyMap<string, string>;
  /** What looks tell each other: the nodes that the first one saw. */
  memory?: { nodes: ReadonlySet<string> | null };
}

const timeoutMs = 8000;

/** A manager that has not answered for so long may never: the hosts are asked beside it. */
const patienceMs = 2000;

/** Tasks of a service, the newest first. Where no manager answers, those that the hosts themselves know of. */
export async function serviceSources(wanted: WantedService): Promise<Found> {
  let looks: Promise<Look[]> | null = null;
  const timer = setTimeout(() => {
    looks = lookAtHosts(wanted);
    looks.catch(() => {});
  }, patienceMs);
  try {
    return await wanted.managers.ask((engine) => askManager(engine, wanted));
  } catch (error) {
    if (!isAway(error)) throw error;
    return foundOnHosts(wanted, await (looks ?? lookAtHosts(wanted)), error);
  } finally {
    clearTimeout(timer);
  }
}

async function askManager(engine: EngineClient, { cluster, name, hostOf, memory }: WantedService): Promise<Found> {
  const services = await listServices(engine, {}, { timeoutMs });
  const service = services.find(({ Spec }) => Spec.Name === name);
  if (service === undefined) throw unknownService(cluster, name, services);
  const [tasks, nodes] = await Promise.all([
    listTasks(engine, { service: [service.ID] }, { timeoutMs }),
    listNodes(engine, {}, { timeoutMs }),
  ]);
  if (tasks.length === 0) throw noTasks(cluster, name);
  const named = new Map(nodes.map(({ ID, Description }) => [ID, Description.Hostname]));
  if (memory !== undefined) memory.nodes ??= new Set(named.keys());
  const found: Found = { sources: [], unseen: [], notes: [] };
  for (const { task, shown } of inNames(name, tasks)) {
    const host = hostOf.get(task.NodeID ?? '');
    const container = task.Status.ContainerStatus?.ContainerID ?? '';
    if (host !== undefined && container !== '') found.sources.push({ name: shown, host, task: task.ID, container });
    else {
      const node = host ?? named.get(task.NodeID ?? '') ?? null;
      const isNew = memory?.nodes?.has(task.NodeID ?? '') === false;
      const why = whyUnseen(task, { node, isNew });
      found.unseen.push({ type: 'unseen', name: shown, host: node, task: task.ID, ...why });
    }
  }
  return found;
}

/** `node`: what its node is called; null for one that no manager lists. */
function whyUnseen(
  { Status: status }: Task,
  { node, isNew }: { node: string | null; isNew: boolean },
): Pick<LogUnseen, 'reason' | 'code'> {
  if (status.ContainerStatus?.ContainerID) return { reason: whyNoHost(node, isNew), code: 'not_found' };
  const error = status.Err ?? '';
  return { reason: `it has no container (${status.State})${error === '' ? '' : `: ${error}`}`, code: 'conflict' };
}

function whyNoHost(node: string | null, isNew: boolean): string {
  if (node === null) return 'the node that it ran on has left the swarm, and what it printed with it';
  return isNew
    ? `its node ${node} joined after this began: follow it anew to see what it prints`
    : `its node ${node} is no host here: \`flotilla host add\``;
}

/** The newest first, each with what it is called. */
function inNames(service: string, tasks: readonly Task[]): { task: Task; shown: string }[] {
  const nameOf = names();
  return tasks
    .toSorted((a, b) => (b.CreatedAt ?? '').localeCompare(a.CreatedAt ?? ''))
    .map((task) => {
      const name = task.Slot ? `${service}.${task.Slot}` : service;
      return { task, shown: nameOf({ place: placeOf(task), name, id: task.ID }) };
    });
}

/** Calls tasks that come newest first: `web.1` for the newest of a place, `web.1.k3j9xq` for those before it. */
function names() {
  const taken = new Set<string>();
  return ({ place, name, id }: { place: string; name: string; id: string }): string => {
    const isFormer = taken.has(place);
    taken.add(place);
    return isFormer ? `${name}.${id.slice(0, 6)}` : name;
  };
}

const lookAtHosts = ({ hosts, hostOf, name }: WantedService): Promise<Look[]> =>
  Promise.all(
    [...hostOf.values()].map((host) => containersOn(hosts, host, { label: [`${swarmLabels.service}=${name}`] })),
  );

/** Containers carry the names of their service and task, so that hosts can answer without a manager. */
function foundOnHosts({ name, cluster }: WantedService, looks: readonly Look[], error: AppError): Found {
  const found: Found = { sources: [], unseen: [], notes: [] };
  for (const { host, containers } of looks) {
    if (!containers.known) {
      const reason = `${containers.reason} Whether it has tasks of ${name} is not known.`;
      const code = containers.code ?? 'engine_unreachable';
      found.unseen.push({ type: 'unseen', name, host, task: null, reason, code });
      continue;
    }
    const nameOf = names();
    for (const { Id, Labels: own } of containers.value) {
      const task = own[swarmLabels.task] ?? '';
      const slot = /\.(\d+)\.[^.]+$/.exec(own[swarmLabels.taskName] ?? '')?.[1];
      const place = slot === undefined ? name : `${name}.${slot}`;
      const shown = nameOf({ place, name: place, id: task });
      found.sources.push({ name: shown, host, task, container: Id });
    }
  }
  if (found.sources.length === 0) throw notFoundOnHosts(cluster, name, error);
  found.notes.push(`${error.message} These are the tasks whose containers the hosts still have; there may be others.`);
  return found;
}

const nothing = { done: 'Nothing was changed.' };

const unknownService = (cluster: string, name: string, services: readonly Service[]): AppError => {
  const names = services.map(({ Spec }) => Spec.Name).toSorted(naturally);
  return new AppError('not_found', `The swarm of ${cluster} has no service ${name}${didYouMean(name, names)}`, {
    ...nothing,
    next: `It has: ${names.join(', ') || 'none'}.`,
  });
};

const noTasks = (cluster: string, name: string): AppError =>
  new AppError(
    'conflict',
    `The service ${name} has no tasks, and the swarm remembers none: nothing printed anything.`,
    {
      ...nothing,
      next: `See how many it should have: \`flotilla ps ${cluster}\`.`,
    },
  );

const notFoundOnHosts = (cluster: string, name: string, { message }: AppError): AppError =>
  new AppError('engine_unreachable', `${message} No host that answers has a container of ${name} either.`, {
    ...nothing,
    next: `See what the hosts say: \`flotilla ps ${cluster}\`.`,
  });
