import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import { overlaps, parseCidr } from '../net/cidr.ts';
import type { Step } from '../step.ts';
import { hostRanges } from './subnets.ts';
import { warning } from './part.ts';
import type { World } from './world.ts';

/** What engines draw subnets from when they are told nothing (Swarm's IPAM, which looks at no host route). */
const defaultPool = '10.0.0.0/8';

/** Ranges that the hosts themselves are in, told while they can still be kept out of the pools: before the swarm is made. */
export function poolWarnings(world: World, steps: readonly Step[]): Finding[] {
  if (!steps.some(({ kind }) => kind === 'init-swarm')) return [];
  const asked = world.spec.swarm.address_pools;
  const pools = asked.length === 0 ? [defaultPool] : asked;
  return pools.flatMap((text) => {
    const pool = parseCidr(text);
    const inside = pool === undefined ? [] : hostRanges(world).filter(({ range }) => overlaps(pool, range));
    if (inside.length === 0) return [];
    const hosts = [...new Set(inside.map(({ host }) => host))];
    return [
      warning({
        id: 'pool-overlaps-host',
        hosts,
        message: `The address pool ${text} overlaps the network that ${nameList(hosts)} ${hosts.length === 1 ? 'is' : 'are'} in (${inside[0]?.text ?? ''}): a network without \`subnet\` may be given that range.`,
        fix: 'Set `swarm.address_pools` to a range that no host is in; it cannot be changed once the swarm is made.',
      }),
    ];
  });
}
