import type { Lab } from '#lab/types.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { createNetwork, inspectNetwork } from '#workers/docker/networks.ts';
import { listNodes } from '#workers/docker/nodes.ts';
import { initSwarm, inspectSwarm, joinSwarm } from '#workers/docker/swarm.ts';
import { dataPathPort, network, type Prepared } from './way.ts';

const port = 2377;
const askEveryMs = 20;

/**
 * Docker's own work and nothing else: the same calls straight at each engine's socket on this machine, the joins and
 * the network at once. No SSH, no facts, no ledger, and no step that looks before it acts.
 */
export function prepareFloor(lab: Lab): Promise<Prepared> {
  const members = lab.hosts.map((host) => ({ address: host.address, engine: localEngine(host.socketPath, host.name) }));
  return Promise.resolve({
    form: () => formDirectly(members),
    close: async () => {
      await Promise.all(members.map(({ engine }) => engine.close()));
    },
  });
}

/** A host that is to be a node, and the way to its engine. */
export interface Member {
  address: string;
  engine: EngineClient;
}

/** The calls that form a swarm and its network, and nothing else. */
export async function formDirectly([first, ...others]: Member[]): Promise<void> {
  if (first === undefined) throw new Error('a swarm has one host at least');
  const manager = first.engine;
  const ListenAddr = `0.0.0.0:${port}`;
  await initSwarm(manager, { ListenAddr, AdvertiseAddr: first.address, DataPathPort: dataPathPort });
  const { JoinTokens: tokens } = await inspectSwarm(manager);
  const RemoteAddrs = [`${first.address}:${port}`];
  const join = ({ address, engine }: Member): Promise<void> =>
    joinSwarm(engine, { ListenAddr, AdvertiseAddr: address, RemoteAddrs, JoinToken: tokens.Worker });
  const body = { Name: network, Driver: 'overlay', Attachable: true, CheckDuplicate: true };
  await Promise.all([createNetwork(manager, body), ...others.map(join)]);
  await inspectNetwork(manager, network);
  while (!(await allReady(manager, others.length + 1))) await pause(askEveryMs);
}

async function allReady(manager: EngineClient, count: number): Promise<boolean> {
  const nodes = await listNodes(manager);
  return nodes.filter((node) => node.Status.State === 'ready').length === count;
}
