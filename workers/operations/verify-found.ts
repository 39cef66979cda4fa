import type { Observation, SwarmFacts } from '#core/observation.ts';
import { known } from '#core/observed.ts';
import { askSwarm, type SwarmAnswers } from '../checks/ask-swarm.ts';
import type { LocalView } from '../checks/endpoints.ts';
import type { Looked } from '../checks/look-at-hosts.ts';
import type { Found } from '../checks/scene.ts';
import { within } from '../checks/within.ts';
import { containerFacts, networkFacts, nodeFacts, serviceFacts } from '../observe/facts.ts';
import { needsPathMtu } from '../observe/observe-cluster.ts';
import { withRivals } from '../observe/observe-swarm.ts';
import type { RunContext } from '../run-context.ts';
import { createManagers } from '../steps/context.ts';
import type { Managers } from '../steps/managers.ts';

const swarmLimitMs = 8000;

/** A cluster as the first look at its hosts and one question to a manager show it. */
export interface FoundAtOnce {
  observation: Observation;
  managers: Managers;
  found: Found;
}

/**
 * Where every host was seen as a node and one of them as a manager of the swarm on record, that one is asked once for
 * all that a verification needs. Null where anything is missing or odd: then it has to be observed with more patience.
 */
export async function findAtOnce(
  { lease, hosts }: Pick<RunContext, 'lease' | 'hosts'>,
  looked: Readonly<Record<string, Looked>>,
): Promise<FoundAtOnce | null> {
  const swarmId = lease.cluster?.swarmId ?? null;
  const nodes = nodesIn(looked);
  const manager = nodes?.find(
    ({ engine: { swarm } }) => swarm.controlAvailable && swarm.error === null && swarm.clusterId === swarmId,
  );
  if (nodes === null || manager === undefined || swarmId === null || needsPathMtu(lease.revision)) return null;
  const observed = (swarm: Observation['swarm']): Observation => ({
    at: new Date().toISOString(),
    hosts: Object.fromEntries(
      nodes.map(({ host, engine, containers, system }) => [
        host,
        known({ engine, containers: containerFacts(containers), system }),
      ]),
    ),
    swarm,
  });
  const managers = createManagers({ lease, hosts }, observed(known(null)));
  managers.noteManager(manager.host);
  const answers = await within(askSwarm(managers, swarmLimitMs), swarmLimitMs, 'The swarm');
  if (!answers.known) return null;
  const local = nodes.map(({ host, containers }): LocalView => {
    return { host, containers: known(containers.filter(({ State }) => State === 'running')), networks: [] };
  });
  const swarm = await withRivals(hosts, observed(known(null)).hosts, swarmFacts(answers.value, manager.host));
  return {
    observation: observed(known(swarm)),
    managers,
    found: { answers: answers.value, local },
  };
}

/** All of them, with what was seen; null where one is no node, or was not seen. */
function nodesIn(looked: Readonly<Record<string, Looked>>) {
  const nodes = Object.entries(looked).flatMap(([host, { look, containers, system }]) =>
    look.engine.known && look.engine.value.swarm.state === 'active' && containers.known && system.known
      ? [{ host, engine: look.engine.value, containers: containers.value, system }]
      : [],
  );
  return nodes.length === Object.keys(looked).length ? nodes : null;
}

const swarmFacts = ({ swarm, nodes, networks, services }: SwarmAnswers, manager: string): SwarmFacts => ({
  ...swarm,
  manager,
  nodes: nodeFacts(nodes),
  networks: networkFacts(networks),
  services: serviceFacts(services),
});
