import { readFile } from 'node:fs/promises';

const limitFile = '/proc/sys/net/ipv4/neigh/default/gc_thresh3';

/** What to say before so many hosts are made; null when there is nothing to say. */
export const neighboursWarning = async (hosts: number): Promise<string | null> =>
  tooManyNeighbours(hosts, Number(await readFile(limitFile, 'utf8')));

/**
 * All namespaces share one table of neighbours, in which each host has every other one and the registry. What finds no
 * place in it is lost, as on a network that drops packets by chance.
 */
export function tooManyNeighbours(hosts: number, most: number): string | null {
  const needed = hosts * hosts;
  if (needed <= most) return null;
  return (
    `${hosts} hosts are ${needed} neighbours to each other, and this kernel keeps ${most} for all of them: packets will be lost. ` +
    `\`sysctl -w net.ipv4.neigh.default.gc_thresh3=${needed * 4}\` gives it room.`
  );
}
