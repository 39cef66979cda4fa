import type { Finding } from '../finding.ts';
import type { NodeFacts } from '../observation.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import { leavingIds } from './leaving.ts';
import { type Part, part, warning } from './part.ts';
import { memberOf, type World } from './world.ts';

/** Nodes of our swarm that the spec does not name and that do not leave now: nobody's, or what a host was before. */
export function checkLeftOut(world: World): Part {
  const { record } = world.input;
  // Where the swarm ends, they are told as what is in the way.
  if (world.swarm === null || isTakenDown(world.spec)) return part();
  const named = new Set(world.nodes.flatMap((host) => memberOf(world, host)?.id ?? []));
  const leaves = new Set(leavingIds(world));
  const hostOf = new Map(Object.entries(record.nodes).map(([host, id]) => [id, host]));
  const left = world.swarm.nodes.filter(({ id }) => !named.has(id) && !leaves.has(id));
  return part({
    warnings: left.map((node) => {
      const host = hostOf.get(node.id);
      return host !== undefined && world.nodes.includes(host) ? staleNode(host, node) : strangeNode(node);
    }),
  });
}

const strangeNode = ({ id, hostname, state }: NodeFacts): Finding =>
  warning({
    id: 'node-not-in-spec',
    message: `The swarm has a node ${hostname} (${id}, ${state}) that is no host of the spec.`,
    fix: 'Register it as a host and add it to the spec, or remove it by hand.',
  });

/** The host left the swarm by hand, or was installed anew, and its old node is still listed. */
const staleNode = (host: string, { id, state }: NodeFacts): Finding =>
  warning({
    id: 'stale-node',
    hosts: [host],
    message: `${host} was node ${id} (${state}) and is not that node any more.`,
    fix: `Remove the old one on a manager: \`docker node rm ${id}\`.`,
  });
