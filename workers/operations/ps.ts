import { known } from '#core/observed.ts';
import type { OperationError } from '#core/operation.ts';
import type { Running, RunningNode } from '#core/running.ts';
import { takenIds } from '#core/plan/taken.ts';
import { clusterLabel } from '#core/spec/names.ts';
import { naturally } from '#core/natural-order.ts';
import { probeLabel } from '../checks/probe-label.ts';
import { listContainers } from '../docker/containers.ts';
import { listNodes, type SwarmNode } from '../docker/nodes.ts';
import { listServices } from '../docker/services.ts';
import { listTasks } from '../docker/tasks.ts';
import type { Hosts } from '../hosts.ts';
import { isTask, nameOf } from '../observe/facts.ts';
import { hostsByNode } from '../observe/members.ts';
import { unknownOf } from '../observe/observe-host.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { createManagers } from '../steps/context.ts';
import type { Managers } from '../steps/managers.ts';
import { runningServices } from './running-services.ts';

/** A host that does not answer must not hold up what the others say. */
const timeoutMs = 8000;

interface Cluster {
  name: string;
  /** Host of each NodeID. */
  hostOf: ReadonlyMap<string, string>;
  /** Ids of what is ours without our label. */
  taken: ReadonlySet<string>;
}

/** What runs now. What could not be seen is told as such; only a cluster of which nothing was seen fails. */
export async function runPs(context: RunContext): Promise<Ended> {
  const nodes = Object.entries(context.lease.cluster?.nodes ?? {});
  const hostOf = hostsByNode(nodes);
  const taken = takenIds(context.lease.revision?.decisions ?? []);
  const cluster = { name: context.lease.operation.cluster ?? '', hostOf, taken };
  const [swarm, hosts] = await Promise.all([
    swarmNow(createManagers(context), cluster),
    Promise.all(nodes.map(async ([host]) => [host, await hostNow(context.hosts, host, cluster)] as const)),
  ]);
  context.reporter.report({
    type: 'running',
    running: { at: new Date().toISOString(), swarm, hosts: Object.fromEntries(hosts) },
  });
  if (swarm.known || hosts.some(([, seen]) => seen.known)) return { kind: 'ended', state: 'succeeded', error: null };
  return { kind: 'ended', state: 'failed', error: nothingSeen(swarm.reason) };
}

const nothingSeen = (reason: string): OperationError => ({
  code: 'engine_unreachable',
  message: `Nothing of the cluster could be seen: ${reason}`,
  done: 'Nothing was changed.',
  next: 'See what a host says: `flotilla host probe HOST`.',
});

async function swarmNow(managers: Managers, cluster: Cluster): Promise<Running['swarm']> {
  try {
    const options = { timeoutMs };
    return await managers.ask(async (engine, manager) => {
      const [nodes, services, tasks] = await Promise.all([
        listNodes(engine, {}, options),
        listServices(engine, {}, options),
        listTasks(engine, {}, options),
      ]);
      const seen = nodes.map((node) => nodeNow(node, cluster.hostOf));
      const names = new Map(seen.map((node) => [node.id, shown(node)]));
      const about = { cluster: cluster.name, taken: cluster.taken, nameOf: (id: string) => names.get(id) ?? id };
      return known({
        manager,
        nodes: seen.toSorted((a, b) => naturally(shown(a), shown(b))),
        services: runningServices(services, tasks, about),
      });
    });
  } catch (error) {
    return unknownOf(error);
  }
}

const shown = ({ host, hostname }: RunningNode): string => host ?? hostname;

const nodeNow = (node: SwarmNode, hostOf: Cluster['hostOf']): RunningNode => ({
  host: hostOf.get(node.ID) ?? null,
  hostname: node.Description.Hostname,
  id: node.ID,
  role: node.Spec.Role,
  availability: node.Spec.Availability,
  state: node.Status.State,
  message: node.Status.Message ?? '',
  leader: node.ManagerStatus?.Leader ?? false,
  reachability: node.ManagerStatus?.Reachability ?? null,
  engine: node.Description.Engine?.EngineVersion ?? '',
});

async function hostNow(hosts: Hosts, host: string, { name, taken }: Cluster): Promise<Running['hosts'][string]> {
  try {
    const listed = await listContainers(hosts.engine(host), { all: true }, { timeoutMs });
    const lone = listed.filter((one) => !isTask(one) && one.Labels[probeLabel] === undefined);
    const ours = lone.filter(({ Id, Labels: labels }) => labels[clusterLabel] === name || taken.has(Id));
    return known({
      containers: ours
        .map((one) => ({ name: nameOf(one), image: one.Image, state: one.State, status: one.Status }))
        .toSorted((a, b) => naturally(a.name, b.name)),
      others: lone.length - ours.length,
    });
  } catch (error) {
    return unknownOf(error);
  }
}
