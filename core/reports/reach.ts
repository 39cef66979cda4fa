import type { Pair } from '../verification.ts';

/** What came of the pairs of one host in one direction; what was not tested is not among them. */
interface Share {
  ok: number;
  unknown: number;
  all: number;
}

interface Reach {
  host: string;
  /** Hosts that it reaches. */
  out: Share;
  /** Hosts that reach it. */
  into: Share;
}

/**
 * For more hosts than a matrix can show: those that do not reach all that they tested, or are not reached, the worst first,
 * and a sentence for the others, which `things` they are; null where there are none. Which pairs failed is mostly told by
 * the hosts that they have in common.
 */
export function lackingOf(hosts: readonly string[], pairs: readonly Pair[], things: 'hosts' | 'nodes') {
  const lacking = reachOf(hosts, pairs).filter((one) => lackOf(one) > 0);
  const others = hosts.length - lacking.length;
  const all = lacking.length === 0 ? 'All' : 'The other';
  const rest = others === 0 ? null : `${all} ${others} ${things} reach and are reached, as far as was tested.`;
  return { lacking, rest };
}

function reachOf(hosts: readonly string[], pairs: readonly Pair[]): Reach[] {
  const tested = pairs.filter(({ result }) => result !== 'skipped');
  const out = Map.groupBy(tested, ({ from }) => from);
  const into = Map.groupBy(tested, ({ to }) => to);
  return hosts
    .map((host) => ({ host, out: shareOf(out.get(host)), into: shareOf(into.get(host)) }))
    .toSorted((a, b) => lackOf(b) - lackOf(a));
}

/** `3 of 4`, with what is not known said apart. */
export const shareText = ({ ok, unknown, all }: Share): string =>
  all === 0 ? 'not tested' : `${ok} of ${all}${unknown === 0 ? '' : `, ${unknown} not known`}`;

const shareOf = (pairs: readonly Pair[] = []): Share => {
  const count = (result: Pair['result']): number => pairs.filter((pair) => pair.result === result).length;
  return { ok: count('ok'), unknown: count('unknown'), all: pairs.length };
};

const lackOf = ({ out, into }: Reach): number => out.all - out.ok + into.all - into.ok;
