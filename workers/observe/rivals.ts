import { AppError, orRefusal } from '#core/errors.ts';
import type { HostFacts, SwarmFacts } from '#core/observation.ts';
import type { EngineClient } from '../docker/engine.ts';
import { listNodes } from '../docker/nodes.ts';

interface Seen {
  engineOf: (host: string) => EngineClient;
  /** Managers of a swarm with that id, the one that told of it included. */
  managers: readonly { host: string; facts: HostFacts }[];
}

/**
 * Managers with the swarm's id that follow another leader: a swarm made anew by `--force-new-cluster` keeps its id, and
 * so do lost managers that come back. Asked are only those that are not ready for the one that told of the swarm.
 */
export async function rivalsOf({ engineOf, managers }: Seen, swarm: SwarmFacts): Promise<string[]> {
  const suspects = managers.filter(({ host, facts }) => host !== swarm.manager && !isReady(swarm, facts));
  if (suspects.length === 0) return [];
  const theirs = await Promise.all(
    suspects.map(async ({ host }) => ({ host, leader: await leaderOf(engineOf(host)) })),
  );
  // Asked once more, afterwards: the lead may just have passed on.
  const ours = await leaderOf(engineOf(swarm.manager));
  return theirs.flatMap(({ host, leader }) => (ours === null || leader === null || leader === ours ? [] : [host]));
}

const isReady = ({ nodes }: SwarmFacts, { engine }: HostFacts): boolean =>
  nodes.some(({ id, state }) => id === engine.swarm.nodeId && state === 'ready');

/** NodeID of the leader that a manager knows; null where that could not be asked, or it knows none. */
async function leaderOf(engine: EngineClient): Promise<string | null> {
  const nodes = await orRefusal(listNodes(engine));
  return nodes instanceof AppError ? null : (nodes.find((node) => node.ManagerStatus?.Leader === true)?.ID ?? null);
}
