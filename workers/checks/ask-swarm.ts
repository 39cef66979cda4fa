import type { SwarmLook } from '#core/diagnosis/symptoms.ts';
import type { SwarmFacts } from '#core/observation.ts';
import { type Observed, unknown } from '#core/observed.ts';
import type { EngineClient } from '../docker/engine.ts';
import { listNetworks, type Network } from '../docker/networks.ts';
import { listNodes, type SwarmNode } from '../docker/nodes.ts';
import { listServices, type Service } from '../docker/services.ts';
import { inspectSwarm } from '../docker/swarm.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import { networkFacts } from '../observe/facts.ts';
import { hostsByNode } from '../observe/members.ts';
import type { Managers } from '../steps/managers.ts';

/** What one manager answered of the whole swarm. */
export interface SwarmAnswers {
  /** The swarm itself, without the join tokens that come with it. */
  swarm: Pick<SwarmFacts, 'id' | 'labels' | 'dataPathPort' | 'addressPools' | 'subnetSize'>;
  nodes: SwarmNode[];
  networks: Network[];
  services: Service[];
  /** Those that should run. */
  tasks: Task[];
}

/** One manager, asked for everything at once. @throws AppError when none answers. */
export const askSwarm = (managers: Managers, timeoutMs = 30_000): Promise<SwarmAnswers> =>
  managers.ask((engine) => askManager(engine, timeoutMs));

async function askManager(engine: EngineClient, timeoutMs: number): Promise<SwarmAnswers> {
  const options = { timeoutMs };
  const [swarm, nodes, networks, services, tasks] = await Promise.all([
    inspectSwarm(engine, options),
    listNodes(engine, {}, options),
    listNetworks(engine, {}, options),
    listServices(engine, {}, options),
    listTasks(engine, { 'desired-state': ['running'] }, options),
  ]);
  const { ID: id, Spec, DataPathPort: dataPathPort, DefaultAddrPool: addressPools, SubnetSize: subnetSize } = swarm;
  return {
    swarm: { id, labels: Spec.Labels, dataPathPort, addressPools, subnetSize },
    nodes,
    networks,
    services,
    tasks,
  };
}

/** Which hosts take nothing new: nodes that are paused or drained. */
export function closedHosts(
  listed: readonly SwarmNode[],
  nodes: ReadonlyMap<string, string>,
): Map<string, 'pause' | 'drain'> {
  return new Map(
    [...nodes].flatMap(([host, id]): [string, 'pause' | 'drain'][] => {
      const availability = listed.find(({ ID }) => ID === id)?.Spec.Availability ?? 'active';
      return availability === 'active' ? [] : [[host, availability]];
    }),
  );
}

/** The same for the rules, with the host that each node is. */
export function swarmLookOf(answers: Observed<SwarmAnswers>, nodes: ReadonlyMap<string, string>): Observed<SwarmLook> {
  if (!answers.known) return unknown(answers.reason, answers.code);
  const hostOf = hostsByNode(nodes);
  const { swarm, networks, nodes: listed } = answers.value;
  return {
    known: true,
    value: {
      dataPathPort: swarm.dataPathPort,
      networks: networkFacts(networks).filter(({ driver }) => driver === 'overlay'),
      nodes: listed.map((node) => ({
        id: node.ID,
        host: hostOf.get(node.ID) ?? null,
        role: node.Spec.Role,
        state: node.Status.State,
        message: node.Status.Message ?? '',
      })),
    },
  };
}
