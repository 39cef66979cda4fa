import type { Machine } from '#core/host.ts';
import type { HostView } from '#core/wire.ts';
import type { Reader } from '#db/reader.ts';
import { clusterRow } from '../../views/cluster.ts';

/** By what the machine of a host is known: its NodeID in the cluster, and what its engine said when it was last seen. */
export async function recordedMachine(read: Reader, host: HostView): Promise<Machine> {
  const nodes = host.cluster === null ? {} : (await clusterRow(read, host.cluster)).nodes;
  const engine = host.lastSeen?.facts.engine;
  return { engineId: engine?.engineId ?? null, nodeId: nodes[host.name] ?? engine?.swarm.nodeId ?? null };
}
