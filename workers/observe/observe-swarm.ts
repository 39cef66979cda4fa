import type { HostFacts, SwarmFacts } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import type { EngineClient } from '../docker/engine.ts';
import type { Hosts } from '../hosts.ts';
import { networkFacts, nodeFacts, serviceFacts } from './facts.ts';
import { type AskHeld, observeHeld } from './observe-held.ts';
import { unknownOf } from './observe-host.ts';
import { rivalsOf } from './rivals.ts';
import { listNetworks } from '../docker/networks.ts';
import { listNodes } from '../docker/nodes.ts';
import { listServices } from '../docker/services.ts';
import { inspectSwarm } from '../docker/swarm.ts';

type HostsSeen = Readonly<Record<string, Observed<HostFacts>>>;

/**
 * The swarm as the first manager that answers sees it, with what of `ask` it holds. Known as null only when every host was seen inactive:
 * a host that could not be asked may be a member, so without a manager the answer is then unknown.
 */
export async function observeSwarm(
  hosts: Hosts,
  seen: HostsSeen,
  { swarmId, ask }: { swarmId: string | null; ask: AskHeld },
): Promise<Observed<SwarmFacts | null>> {
  const failures: string[] = [];
  for (const host of managersOf(seen, swarmId)) {
    const swarm = await askManager(hosts, host, ask);
    if (swarm.known) return known(await withRivals(hosts, seen, swarm.value));
    failures.push(`${host}: ${swarm.reason}`);
  }
  if (failures.length > 0) return unknown(`no manager answers (${failures.join('; ')})`, 'engine_unreachable');
  const unseen = Object.entries(seen).filter(
    ([, facts]) => !facts.known || facts.value.engine.swarm.state !== 'inactive',
  );
  return unseen.length === 0
    ? known(null)
    : unknown(
        `no manager was seen, and these hosts are not known to be free: ${unseen.map(([name]) => name).join(', ')}`,
      );
}

/** Hosts that may be asked as managers: those of our swarm when its id is on record, else every one. */
function managersOf(seen: HostsSeen, swarmId: string | null): string[] {
  return Object.entries(seen)
    .filter(([, facts]) => {
      if (!facts.known) return false;
      const { swarm } = facts.value.engine;
      return swarm.state === 'active' && swarm.controlAvailable && (swarmId === null || swarm.clusterId === swarmId);
    })
    .map(([name]) => name);
}

/** The swarm, with managers that follow another leader though they have its id. */
export async function withRivals(hosts: Hosts, seen: HostsSeen, swarm: SwarmFacts): Promise<SwarmFacts> {
  const managers = managersOf(seen, swarm.id).flatMap((host) => {
    const facts = seen[host];
    return facts?.known === true ? [{ host, facts: facts.value }] : [];
  });
  const rivals = await rivalsOf({ engineOf: (host) => hosts.engine(host), managers }, swarm);
  return rivals.length === 0 ? swarm : { ...swarm, rivals };
}

async function askManager(hosts: Hosts, host: string, ask: AskHeld): Promise<Observed<SwarmFacts>> {
  try {
    return known(await swarmFacts(hosts.engine(host), host, ask));
  } catch (error) {
    return unknownOf(error);
  }
}

/** The answer of `GET /swarm` also carries join tokens, which go no further than this function. */
async function swarmFacts(engine: EngineClient, manager: string, ask: AskHeld): Promise<SwarmFacts> {
  const [swarm, nodes, networks, services, held] = await Promise.all([
    inspectSwarm(engine),
    listNodes(engine),
    listNetworks(engine),
    listServices(engine),
    observeHeld(engine, ask),
  ]);
  return {
    id: swarm.ID,
    labels: swarm.Spec.Labels,
    manager,
    dataPathPort: swarm.DataPathPort,
    addressPools: swarm.DefaultAddrPool,
    subnetSize: swarm.SubnetSize,
    nodes: nodeFacts(nodes),
    networks: networkFacts(networks),
    services: serviceFacts(services),
    ...held,
  };
}
