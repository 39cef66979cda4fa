import { byWay, type Way } from '../ways.ts';
import { naturally } from '../natural-order.ts';

/** Who is at fault for some ways that fail. */
export interface Culprit {
  hosts: string[];
  /** At the one host: what comes in, what goes out, or both. Null when it is no single host's doing. */
  side: 'in' | 'out' | 'both' | null;
  ways: Way[];
  confidence: 'certain' | 'likely' | 'possible';
}

/** What a host itself says: that it stops what comes in or goes out, from or to everybody or one other host. */
export interface Confession {
  host: string;
  side: 'in' | 'out';
  /** Hosts that it is about; null is everybody. */
  others: readonly string[] | null;
}

/**
 * The fewest hosts that explain the ways that fail: first those whose own rules say so, then those from or to which
 * everything that was tested fails, and what is left is told way by way. `tested` has the ways that fail among others.
 */
export function blame(
  tested: readonly Way[],
  failed: readonly Way[],
  confessions: readonly Confession[] = [],
): Culprit[] {
  const confessed = new Map<string, Way[]>();
  let left = [...failed];
  for (const confession of confessions) {
    const explained = left.filter((way) => explains(confession, way));
    if (explained.length === 0) continue;
    confessed.set(confession.host, [...(confessed.get(confession.host) ?? []), ...explained]);
    left = without(left, explained);
  }
  const culprits = [...confessed].map(([host, ways]) => culpritOf(host, ways, 'certain'));
  const all = new Set(tested.flatMap(({ from, to }) => [from, to]));
  const whole = bySide(tested);
  const isEverywhere =
    left.length === tested.length &&
    all.size > 2 &&
    [...all].every((host) => whole(host).every((side) => side.length > 0));
  if (left.length > 0 && isEverywhere) {
    return [...culprits, { hosts: [...all], side: null, ways: left, confidence: 'likely' }];
  }
  const worst = new Map<string, readonly Way[]>();
  const passing = bySide(passingOf(tested, failed));
  for (;;) {
    const next = worstSide(passing, bySide(left), all);
    if (next === null) break;
    worst.set(next.host, [...(worst.get(next.host) ?? []), ...next.ways]);
    left = without(left, next.ways);
  }
  return [...culprits, ...[...worst].map(([host, ways]) => culpritOf(host, ways, 'likely')), ...pairs(left)];
}

const explains = ({ host, side, others }: Confession, { from, to }: Way): boolean =>
  side === 'in'
    ? to === host && (others === null || others.includes(from))
    : from === host && (others === null || others.includes(to));

function culpritOf(host: string, ways: readonly Way[], confidence: Culprit['confidence']): Culprit {
  const isIn = ways.some(({ to }) => to === host);
  const isOut = ways.some(({ from }) => from === host);
  return { hosts: [host], side: isIn && isOut ? 'both' : isIn ? 'in' : 'out', ways: [...ways], confidence };
}

function without(ways: readonly Way[], gone: readonly Way[]): Way[] {
  const all = new Set(gone);
  return ways.filter((way) => !all.has(way));
}

/** Ways on which something passed: what was tried several times on one may have failed once. */
function passingOf(tested: readonly Way[], failed: readonly Way[]): Way[] {
  const [tries, failures] = [byWay(tested), byWay(failed)];
  return tested.filter((way) => tries(way).length > failures(way).length);
}

type Sides = (host: string) => readonly [into: readonly Way[], out: readonly Way[]];

/** What goes into each host, and what comes out of it. */
function bySide(ways: readonly Way[]): Sides {
  const into = Map.groupBy(ways, ({ to }) => to);
  const out = Map.groupBy(ways, ({ from }) => from);
  return (host) => [into.get(host) ?? [], out.get(host) ?? []];
}

/**
 * The side of a host that explains most: nothing passes into it, or out of it, and two ways at least fail there that no
 * other host explains. Of two that explain as much it is the one that takes nothing in, as closed ports mostly are.
 */
function worstSide(passing: Sides, failing: Sides, hosts: ReadonlySet<string>) {
  let worst: { host: string; ways: readonly Way[] } | null = null;
  for (const side of [0, 1] as const) {
    for (const host of hosts) {
      const ways = failing(host)[side];
      if (ways.length >= 2 && passing(host)[side].length === 0 && ways.length > (worst?.ways.length ?? 0))
        worst = { host, ways };
    }
  }
  return worst;
}

/** Two hosts that fail both ways are one finding; which of the two it is cannot be told from here. */
function pairs(left: readonly Way[]): Culprit[] {
  const byPair = Map.groupBy(left, ({ from, to }) => [from, to].toSorted().join(' '));
  return [...byPair.values()].map((ways) => ({
    hosts: [...new Set(ways.flatMap(({ from, to }) => [from, to]))].toSorted(naturally),
    side: null,
    ways,
    confidence: 'possible',
  }));
}
