import { peersOf } from '../checks/vantages.ts';

interface Among {
  members: readonly string[];
  full: boolean;
}

/**
 * Which hosts each host asks. Where newcomers join nodes that are there already, every pair has a newcomer in it; else
 * it is every host and every other, or above ten the next ones in a ring. Managers are asked by everybody in any case.
 */
export function pairsToAsk(hosts: readonly string[], { members, full }: Among) {
  const newcomers = hosts.filter((host) => !members.includes(host));
  const whole = peersOf(hosts, full);
  if (members.length === 0 || newcomers.length === 0) return whole;
  const isNew = new Set(newcomers);
  // With few newcomers it is they who would be left out of a ring.
  const wide = whole.sampled && newcomers.length > 4 ? whole : { ...peersOf(hosts, true), sampled: false };
  const peers = [...wide.peers].map(([host, others]): [string, string[]] => [
    host,
    others.filter((other) => isNew.has(host) || isNew.has(other)),
  ]);
  return { peers: new Map(peers), sampled: wide.sampled };
}
