import type { HeldFacts, SwarmFacts } from '../observation.ts';
import { heldKinds, heldWords } from '../spec/held.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import { leavingIds } from './leaving.ts';
import { type Part, part, problem } from './part.ts';
import { isMine, isOurs, type World } from './world.ts';

/** A swarm that ends takes along all that it holds, so nothing of others may be in it. */
export function checkTakingDown(world: World): Part {
  const { swarm } = world;
  if (swarm === null || !isTakenDown(world.spec)) return part();
  const theirs = notOurs(world, swarm);
  if (theirs.length === 0) return part();
  return part({
    problems: [
      problem('conflict', {
        id: 'swarm-holds-others',
        message: `The swarm would end, and takes along what Flotilla did not make: ${theirs.join(', ')}.`,
        fix: 'Remove them first, each by the tool that made it, then try again.',
      }),
    ],
  });
}

function notOurs(world: World, swarm: SwarmFacts): string[] {
  const leaves = new Set(leavingIds(world));
  const named = (word: string, objects: readonly Pick<HeldFacts, 'name' | 'labels'>[]): string[] =>
    objects.filter(({ labels }) => !isOurs(world, labels)).map(({ name }) => `${word} ${name}`);
  return [
    ...swarm.nodes.filter(({ id }) => !leaves.has(id)).map(({ hostname, id }) => `node ${hostname} (${id})`),
    ...named(
      'service',
      swarm.services.filter((service) => !isMine(world, 'services', service)),
    ),
    ...named(
      'network',
      swarm.networks.filter((network) => !network.ingress && !isMine(world, 'networks', network)),
    ),
    ...heldKinds.flatMap((kind) => named(heldWords[kind], swarm[kind] ?? [])),
  ];
}
