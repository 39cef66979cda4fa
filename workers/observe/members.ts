import type { Observation } from '#core/observation.ts';

/** NodeID of each host that a manager of the observed swarm lists. A worker cannot say itself whose it is. */
export function membersOf(observation: Observation): Map<string, string> {
  const { swarm } = observation;
  const listed = new Set(swarm.known ? swarm.value?.nodes.map(({ id }) => id) : []);
  return new Map(
    Object.entries(observation.hosts).flatMap(([host, facts]): [string, string][] => {
      const nodeId = facts.known ? facts.value.engine.swarm.nodeId : null;
      return nodeId !== null && listed.has(nodeId) ? [[host, nodeId]] : [];
    }),
  );
}

/** Turns the NodeID of each host around: the host of each NodeID. */
export const hostsByNode = (nodes: Iterable<readonly [host: string, node: string]>): Map<string, string> =>
  new Map([...nodes].map(([host, node]) => [node, host]));
