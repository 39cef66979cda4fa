import { z } from 'zod';
import { AppError, orRefusal } from '#core/errors.ts';
import type { NetworkFacts } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { naturally } from '#core/natural-order.ts';
import { type ListedContainer, listContainers } from '../docker/containers.ts';
import { listNetworks, type Network } from '../docker/networks.ts';
import type { Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';
import type { Hosts } from '../hosts.ts';
import { isTask, nameOf, networkFacts, swarmLabels } from '../observe/facts.ts';
import { hostsByNode } from '../observe/members.ts';
import { unknownOf } from '../observe/observe-host.ts';
import type { Managers } from '../steps/managers.ts';
import { probeLabel } from './probe-label.ts';
import { askSwarm, type SwarmAnswers } from './ask-swarm.ts';

/** One container on an overlay network: a standalone one, or a running task of a service. */
export interface Endpoint {
  kind: 'container' | 'task';
  /** The container's name, or the service's. */
  name: string;
  host: string;
  network: string;
  address: string;
  containerId: string;
  /** TCP ports that it is known to listen on: targets of published ports, or exposed by the image. */
  ports: number[];
}

/** A service as its name answers: on which networks, on which TCP ports, with tasks on which hosts. */
export interface ServiceView {
  name: string;
  networks: string[];
  ports: number[];
  hosts: string[];
}

export interface EndpointView {
  networks: NetworkFacts[];
  endpoints: Endpoint[];
  /** Running tasks on nodes that are no host of ours: nobody can look there, and yet their addresses are real. */
  elsewhere: Endpoint[];
  services: ServiceView[];
  /** True when a manager told of all tasks: without one, those of hosts that are away are not known. */
  isWhole: boolean;
  /** Hosts whose standalone containers could not be listed. */
  unseen: Record<string, Observed<never>>;
}

interface Sources {
  hosts: Hosts;
  /** NodeID of each host. */
  nodes: ReadonlyMap<string, string>;
}

/** Every endpoint of every overlay network: tasks from a manager, standalone containers from each host. */
export async function findEndpoints(sources: Sources & { managers: Managers }): Promise<EndpointView> {
  const [answers, local] = await Promise.all([askSwarm(sources.managers), askHosts(sources)]);
  return viewOf(answers, local, sources.nodes);
}

/** What is seen with a manager's answers. Without them the hosts tell of their own containers and networks. */
export function viewOf(
  answers: SwarmAnswers | null,
  local: readonly LocalView[],
  nodes: ReadonlyMap<string, string>,
): EndpointView {
  const listed = answers === null ? byHosts(local) : answers.networks;
  const networks = networkFacts(listed).filter((network) => network.driver === 'overlay' && !network.ingress);
  const byId = new Map(networks.map((network) => [network.id, network.name]));
  const hostOf = hostsByNode(nodes);
  const found = (answers?.tasks ?? []).flatMap((task) => runningTask(task, hostOf));
  const running = found.filter(({ host }) => host !== noHost);
  const tasksOf = (list: readonly RunningTask[]): Endpoint[] =>
    list.flatMap((task) => ofTask(task, answers?.services ?? [], byId));
  return {
    networks,
    services: (answers?.services ?? []).map((service) => serviceView(service, byId, running)),
    isWhole: answers !== null,
    elsewhere: tasksOf(found.filter(({ host }) => host === noHost)),
    endpoints: [
      ...tasksOf(running),
      ...local.flatMap(({ host, containers }) =>
        containers.known ? containers.value.flatMap((one) => ofContainer(one, host, byId, answers === null)) : [],
      ),
    ],
    unseen: Object.fromEntries(
      local.flatMap(({ host, containers: list }) => (list.known ? [] : [[host, unknown(list.reason, list.code)]])),
    ),
  };
}

/** What one engine lists of itself. */
export interface LocalView {
  host: string;
  containers: Observed<ListedContainer[]>;
  /** Empty also where it did not tell them: they count only where no manager tells those of the swarm. */
  networks: Network[];
}

/** Containers that run on each host, and the overlays that its engine knows. */
export const askHosts = ({ hosts, nodes }: Sources): Promise<LocalView[]> =>
  Promise.all(
    [...nodes.keys()].map(async (host) => {
      try {
        const engine = hosts.engine(host);
        const containers = await listContainers(engine, { filters: { status: ['running'] } }, { timeoutMs: limitMs });
        // A manager without a leader keeps this question waiting, and yet the host was seen.
        const networks = await orRefusal(listNetworks(engine, overlays, { timeoutMs: limitMs }));
        return { host, containers: known(containers), networks: networks instanceof AppError ? [] : networks };
      } catch (error) {
        return { host, containers: unknownOf(error), networks: [] };
      }
    }),
  );

const limitMs = 8000;
const overlays = { filters: { driver: ['overlay'] } };

const byHosts = (local: readonly LocalView[]): Network[] => [
  ...new Map(local.flatMap(({ networks }) => networks).map((network) => [network.Id, network])).values(),
];

/** Stands for the host of a node that is none of ours; no host has an empty name. */
const noHost = '';

interface RunningTask {
  task: Task;
  host: string;
  containerId: string;
}

function runningTask(task: Task, hostOf: ReadonlyMap<string, string>): RunningTask[] {
  const host = hostOf.get(task.NodeID ?? '') ?? noHost;
  const containerId = task.Status.ContainerStatus?.ContainerID ?? '';
  return task.Status.State === 'running' && containerId !== '' ? [{ task, host, containerId }] : [];
}

const specSchema = z.looseObject({
  TaskTemplate: z.looseObject({ Networks: z.array(z.looseObject({ Target: z.string() })).nullish() }).optional(),
  EndpointSpec: z
    .looseObject({
      Ports: z.array(z.looseObject({ TargetPort: z.number(), Protocol: z.string().default('tcp') })).nullish(),
    })
    .nullish(),
});

const portsOf = (service: Service): number[] =>
  (specSchema.parse(service.Spec).EndpointSpec?.Ports ?? [])
    .filter((port) => port.Protocol === 'tcp')
    .map((port) => port.TargetPort);

/** A spec names its networks by id, or by name when it was created that way. */
function serviceView(
  service: Service,
  byId: ReadonlyMap<string, string>,
  running: readonly RunningTask[],
): ServiceView {
  const names = new Set(byId.values());
  const targets = (specSchema.parse(service.Spec).TaskTemplate?.Networks ?? []).map(
    ({ Target }) => byId.get(Target) ?? Target,
  );
  const hosts = running.filter(({ task }) => task.ServiceID === service.ID).map(({ host }) => host);
  return {
    name: service.Spec.Name,
    networks: targets.filter((target) => names.has(target)),
    ports: portsOf(service),
    hosts: [...new Set(hosts)].toSorted(naturally),
  };
}

/** Attachments of standalone containers are tasks too, but without a service: they come from their host instead. */
function ofTask(running: RunningTask, services: readonly Service[], byId: ReadonlyMap<string, string>): Endpoint[] {
  const service = services.find(({ ID }) => ID === running.task.ServiceID);
  if (service === undefined) return [];
  return running.task.NetworksAttachments.flatMap((attachment) => {
    const network = byId.get(attachment.Network.ID);
    const address = attachment.Addresses[0]?.split('/')[0];
    if (network === undefined || address === undefined) return [];
    const { host, containerId } = running;
    return [
      { kind: 'task' as const, name: service.Spec.Name, host, network, address, containerId, ports: portsOf(service) },
    ];
  });
}

/** Tasks come from a manager, where one answers; where none does (`tasksToo`), their hosts list them as well. */
function ofContainer(
  container: ListedContainer,
  host: string,
  byId: ReadonlyMap<string, string>,
  tasksToo: boolean,
): Endpoint[] {
  if ((isTask(container) && !tasksToo) || container.Labels[probeLabel] !== undefined) return [];
  const service = isTask(container) ? container.Labels[swarmLabels.service] : undefined;
  const ports = [...new Set(container.Ports.filter((port) => port.Type === 'tcp').map((port) => port.PrivatePort))];
  return Object.values(container.NetworkSettings.Networks).flatMap((attached) => {
    const network = byId.get(attached.NetworkID);
    if (network === undefined || attached.IPAddress === '') return [];
    return [
      {
        kind: service === undefined ? ('container' as const) : ('task' as const),
        name: service ?? nameOf(container),
        host,
        network,
        address: attached.IPAddress,
        containerId: container.Id,
        ports,
      },
    ];
  });
}
