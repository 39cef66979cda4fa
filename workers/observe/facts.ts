import type { ContainerFacts, EngineFacts, NetworkFacts, NodeFacts, ServiceFacts } from '#core/observation.ts';
import type { ListedContainer } from '../docker/containers.ts';
import type { Network } from '../docker/networks.ts';
import type { SwarmNode } from '../docker/nodes.ts';
import type { Service } from '../docker/services.ts';
import type { EngineInfo } from '../docker/system.ts';

/* From what the Engine API answers to the facts of core/observation.ts. */

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** Facts of one engine from `GET /info`; `apiVersion` is the one that is spoken with it. */
export function engineFacts(info: EngineInfo, apiVersion: string): EngineFacts {
  return {
    version: info.ServerVersion,
    apiVersion,
    engineId: info.ID,
    hostname: info.Name,
    os: info.OperatingSystem,
    arch: info.Architecture,
    kernel: info.KernelVersion,
    liveRestore: info.LiveRestoreEnabled,
    rootless: info.SecurityOptions.some((option) => option.includes('name=rootless')),
    swarm: swarmStateOf(info),
  };
}

/** The engine's own part in a swarm. Only managers know the swarm's id. */
export function swarmStateOf({ Swarm: swarm }: EngineInfo): EngineFacts['swarm'] {
  return {
    state: swarm.LocalNodeState,
    nodeId: orNull(swarm.NodeID),
    nodeAddr: orNull(swarm.NodeAddr),
    controlAvailable: swarm.ControlAvailable,
    clusterId: orNull(swarm.Cluster?.ID),
    error: orNull(swarm.Error),
  };
}

/** What an engine writes on the containers of a swarm's tasks. */
export const swarmLabels = {
  service: 'com.docker.swarm.service.name',
  /** Id of the task. */
  task: 'com.docker.swarm.task.id',
  /** `web.1.<task id>`, or `web.<node id>.<task id>` where there is one on each node. */
  taskName: 'com.docker.swarm.task.name',
} as const;

/** The name as people write it; Docker lists it with a leading slash. */
export const nameOf = (container: ListedContainer): string => (container.Names[0] ?? container.Id).replace(/^\//, '');

export const isTask = (container: ListedContainer): boolean => container.Labels[swarmLabels.task] !== undefined;

/** Standalone containers of `GET /containers/json?all=1`; swarm tasks are left out. */
export function containerFacts(list: readonly ListedContainer[]): ContainerFacts[] {
  return list
    .filter((container) => !isTask(container))
    .map((container) => ({
      id: container.Id,
      name: nameOf(container),
      image: container.Image,
      state: container.State,
      labels: container.Labels,
      networks: Object.keys(container.NetworkSettings.Networks),
      publishedPorts: [...new Set(container.Ports.flatMap((port) => port.PublicPort ?? []))],
    }));
}

/** Nodes of `GET /nodes`, as a manager lists them. */
export const nodeFacts = (list: readonly SwarmNode[]): NodeFacts[] =>
  list.map((node) => ({
    id: node.ID,
    hostname: node.Description.Hostname,
    role: node.Spec.Role,
    availability: node.Spec.Availability,
    state: node.Status.State,
    addr: node.Status.Addr,
    leader: node.ManagerStatus?.Leader ?? false,
    inRaft: node.ManagerStatus !== undefined && node.ManagerStatus !== null,
    labels: node.Spec.Labels,
  }));

/** Swarm-scoped networks of `GET /networks` on a manager. */
export const networkFacts = (list: readonly Network[]): NetworkFacts[] =>
  list
    .filter((network) => network.Scope === 'swarm')
    .map((network) => ({
      id: network.Id,
      name: network.Name,
      driver: network.Driver,
      attachable: network.Attachable,
      internal: network.Internal,
      ingress: network.Ingress,
      enableIpv6: network.EnableIPv6,
      options: network.Options,
      labels: network.Labels,
      subnets: network.IPAM.Config.map((config) => ({
        subnet: config.Subnet ?? '',
        gateway: orNull(config.Gateway),
        ipRange: orNull(config.IPRange),
      })),
    }));

/** Services of `GET /services` on a manager, with their spec as it came. */
export const serviceFacts = (list: readonly Service[]): ServiceFacts[] =>
  list.map(({ ID, Spec }) => ({ id: ID, name: Spec.Name, labels: Spec.Labels, spec: Spec }));
