import type { NodeFacts } from '#core/observation.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';

/** A host that has just joined, by what its engine said before and what the join told it. */
export interface Newcomer {
  host: string;
  role: NodeFacts['role'];
  hostname: string;
  /** The address it was told to advertise, which no other host of the plan has. */
  address: string;
}

/** The list follows the engine's own word within milliseconds; after this the engine is asked for its id instead. */
const limitMs = 2000;

/**
 * The ready node that a manager lists for a host whose engine said a moment ago that it has joined. It is proved by being
 * new since this run observed, by name and address, and by being nobody else's. Undefined where that is not enough, as
 * behind address translation: then its own engine has to say which node it is.
 */
export async function findNewcomer(context: StepContext, newcomer: Newcomer): Promise<NodeFacts | undefined> {
  const found = await waitFor(async () => newcomerAmong(await context.managers.nodes(), context, newcomer), {
    limitMs,
  });
  return found === 'unclear' ? undefined : found;
}

/** Pure. `unclear` when asking again will not make it clearer; undefined while it is not listed as ready. */
export function newcomerAmong(
  nodes: readonly NodeFacts[],
  { seenJustNow, nodes: known }: Pick<StepContext, 'seenJustNow' | 'nodes'>,
  { host, role, hostname, address }: Newcomer,
): NodeFacts | 'unclear' | undefined {
  const listed = listedBefore(seenJustNow);
  if (listed === null) return 'unclear';
  const taken = new Set([...known].flatMap(([other, id]) => (other === host ? [] : [id])));
  const fresh = nodes.filter(({ id, state }) => state === 'ready' && !listed.has(id) && !taken.has(id));
  const [match, ...others] = fresh.filter((node) => node.hostname === hostname && node.addr === address);
  if (others.length > 0) return 'unclear';
  if (match?.role === role) return match;
  return fresh.some((node) => node.hostname === hostname) ? 'unclear' : undefined;
}

/** NodeIDs that the swarm had when it was observed: none before it was formed; null when that is not known. */
function listedBefore(seen: StepContext['seenJustNow']): ReadonlySet<string> | null {
  if (seen === null || !seen.swarm.known) return null;
  return new Set(seen.swarm.value?.nodes.map(({ id }) => id));
}
