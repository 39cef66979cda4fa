import type { HostLook } from '#core/diagnosis/symptoms.ts';
import { naturally } from '#core/natural-order.ts';
import { listNodes, type SwarmNode } from '../docker/nodes.ts';
import type { Managers } from '../steps/managers.ts';
import { waitFor } from '../wait-for.ts';

/** A new leader knows of no node until it has reported, and takes those for down that have not within about half a minute. */
const limitMs = 45_000;

interface About {
  /** NodeID of each host. */
  nodes: ReadonlyMap<string, string>;
  looks: Readonly<Record<string, Pick<HostLook, 'engine'>>>;
}

/**
 * Hosts whose engine answers and whose node is `unknown`: the swarm has just got another leader, which has not heard of
 * them yet. That is no fault, and passes.
 */
export function notHeardOf(listed: readonly SwarmNode[], { nodes, looks }: About): string[] {
  const unknown = new Set(listed.filter(({ Status }) => Status.State === 'unknown').map(({ ID }) => ID));
  return [...nodes]
    .filter(([host, id]) => unknown.has(id) && looks[host]?.engine.known === true)
    .map(([host]) => host)
    .toSorted(naturally);
}

/** Waits until the leader has heard of each of them, or has given up on it. */
export async function untilHeardOf(managers: Managers, about: About): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const listed = await managers.ask((engine) => listNodes(engine, {}, { timeoutMs: 8000 })).catch(() => null);
    return listed === null || notHeardOf(listed, about).length === 0 ? true : undefined;
  };
  await waitFor(look, { limitMs, firstMs: 200, longestMs: 2000 });
}
