import type { Pair } from '../verification.ts';

/** What came of the pairs of one host in one direction; what was not tested is not among them. */
export interface Share {
  ok: number;
  unknown: number;
  all: number;
}

export interface Reach {
  host: string;
  /** Hosts that it reaches. */
  out: Share;
  /** Hosts that reach it. */
  into: Share;
}

/**
 * Each host with what it reaches and what reaches it, the worst first: for more hosts than a matrix can show. Which
 * pairs failed is mostly told by the hosts that they have in common.
 */
export function reachOf(hosts: readonly string[], pairs: readonly Pair[]): Reach[] {
  const tested = pairs.filter(({ result }) => result !== 'skipped');
  const out = Map.groupBy(tested, ({ from }) => from);
  const into = Map.groupBy(tested, ({ to }) => to);
  return hosts
    .map((host) => ({ host, out: shareOf(out.get(host)), into: shareOf(into.get(host)) }))
    .toSorted((a, b) => lackOf(b) - lackOf(a));
}

/** Whether all that was tested passed. */
export const isWhole = (reach: Reach): boolean => lackOf(reach) === 0;

/** `3 of 4`, with what is not known said apart. */
export const shareText = ({ ok, unknown, all }: Share): string =>
  all === 0 ? 'not tested' : `${ok} of ${all}${unknown === 0 ? '' : `, ${unknown} not known`}`;

const shareOf = (pairs: readonly Pair[] = []): Share => {
  const count = (result: Pair['result']): number => pairs.filter((pair) => pair.result === result).length;
  return { ok: count('ok'), unknown: count('unknown'), all: pairs.length };
};

const lackOf = ({ out, into }: Reach): number => out.all - out.ok + into.all - into.ok;
