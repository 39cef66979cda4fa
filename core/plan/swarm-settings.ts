import { type Problem, problem } from './part.ts';
import type { World } from './world.ts';

/** What is fixed when a swarm is made; asking for something else later is refused by name. */
export function checkSwarmSettings(world: World): Problem[] {
  const { swarm, spec } = world;
  if (swarm === null) return [];
  const wanted = spec.swarm;
  const fixed = [
    { key: 'data_path_port', now: String(swarm.dataPathPort), asked: String(wanted.data_path_port) },
    { key: 'subnet_size', now: String(swarm.subnetSize), asked: String(wanted.subnet_size) },
    // An absent list leaves the choice to the engine, whatever it was.
    ...(wanted.address_pools.length === 0
      ? []
      : [{ key: 'address_pools', now: listOf(swarm.addressPools), asked: listOf(wanted.address_pools) }]),
  ];
  return fixed
    .filter(({ now, asked }) => now !== asked)
    .map(({ key, now, asked }) =>
      problem('conflict', {
        id: 'swarm-setting-fixed',
        message: `\`swarm.${key}\` is ${now} since the swarm was made and cannot become ${asked}.`,
        fix: `Write \`${key}: ${now}\`, or make a new cluster.`,
      }),
    );
}

const listOf = (items: readonly string[]): string => `[${items.toSorted().join(', ')}]`;
