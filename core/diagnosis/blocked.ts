import type { CauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { includesIp, parseCidr } from '../net/cidr.ts';
import { nameList } from '../name-list.ts';
import { blame, type Confession, type Culprit } from './blame.ts';
import { type BlockingRule, blockingRules } from './firewall-rules.ts';
import type { Symptoms } from './symptoms.ts';
import type { Way } from '../ways.ts';

export type Port = Parameters<typeof blockingRules>[1];

/** Rules of a host that have stopped something on a port; one that nothing has met is no evidence. */
export function hitRules({ hosts }: Symptoms, host: string, port: Port): BlockingRule[] {
  const firewall = hosts[host]?.firewall;
  if (firewall?.known !== true) return [];
  return blockingRules(firewall.value, port).filter(({ packets }) => packets !== 0);
}

/** Hosts whose own rules say that they stop a port, and from or to whom. */
export const confessionsOf = (symptoms: Symptoms, port: Port): Confession[] =>
  Object.keys(symptoms.hosts).flatMap((host) =>
    hitRules(symptoms, host, port).map(({ side, other }) => ({ host, side, others: othersOf(symptoms, other) })),
  );

function othersOf({ hosts }: Symptoms, other: string | null): string[] | null {
  if (other === null) return null;
  const range = parseCidr(other.includes('/') ? other : `${other}/${other.includes(':') ? 128 : 32}`);
  if (range === undefined) return null;
  return Object.entries(hosts).flatMap(([name, { address, engine }]) => {
    const nodeAddr = engine.known ? engine.value.swarm.nodeAddr : null;
    return [address, nodeAddr].some((one) => one !== null && includesIp(range, one)) ? [name] : [];
  });
}

/** Those of which the rule itself names the port: they tell even where nothing failed. */
export const namedConfessions = (symptoms: Symptoms, port: Port): Confession[] =>
  Object.keys(symptoms.hosts).flatMap((host) =>
    hitRules(symptoms, host, port)
      .filter(({ text }) => text.includes(String(port.port)))
      .map(({ side, other }) => ({ host, side, others: othersOf(symptoms, other) })),
  );

/** `blame`, with one culprit for each host: what its rules say and what else fails there is one fault. */
export function blameOnce(...args: Parameters<typeof blame>): Culprit[] {
  const culprits = blame(...args);
  return [...Map.groupBy(culprits, ({ hosts }) => hosts.join(' ')).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length === 1) return own;
    const ways = own.flatMap((one) => one.ways);
    const sides = new Set(own.map(({ side }) => side));
    return [{ ...first, ways, side: sides.size === 1 ? first.side : 'both' }];
  });
}

/** The rules themselves, as lines of evidence; or that they could not be seen. */
export function ruleLines(symptoms: Symptoms, hosts: readonly string[], port: Port): string[] {
  return hosts.flatMap((host) => {
    const firewall = symptoms.hosts[host]?.firewall;
    if (firewall === undefined) return [];
    if (!firewall.known) return [`could not see the firewall of ${host}: ${firewall.reason}`];
    return hitRules(symptoms, host, port).map(({ text, packets }) => {
      const how = text.includes('REJECT') ? 'rejected' : 'dropped';
      return `${host}: ${text}${packets === null ? '' : ` (${packets} packets ${how})`}`;
    });
  });
}

/** Where it fails, in words: `into h2`, `from h1 to h2`, `between h1, h2`. */
export function whereText({ hosts, side, ways }: Culprit): string {
  const [first] = ways;
  if (ways.length === 1 && first !== undefined) return `from ${first.from} to ${first.to}`;
  if (side === null) return `between ${nameList(hosts)}`;
  const others = [...new Set(ways.flatMap(({ from, to }) => [from, to]))].filter((host) => !hosts.includes(host));
  return `${{ in: 'into', out: 'out of', both: 'into and out of' }[side]} ${nameList(hosts)} (${nameList(others)})`;
}

interface About {
  message: string;
  evidence: string[];
  network?: string | undefined;
  values?: Record<string, string>;
  consequenceOf?: CauseId;
  /** Told with `*` for all others where one host fails one way to everybody; only a single way is told without. */
  isSided?: boolean;
}

/** A finding about hosts between which something does not pass. */
export function culpritFinding(id: CauseId, culprit: Culprit, { network, isSided = false, ...about }: About): Finding {
  const direction = directionOf(culprit, isSided);
  return findingOf(id, {
    ...about,
    hosts: culprit.hosts,
    confidence: culprit.confidence,
    ...(network === undefined ? {} : { network }),
    ...(direction === undefined ? {} : { direction }),
  });
}

/** One way only: toward one host, or (`*`, where it is sided) all that one host takes in or sends out; else none. */
export function directionOf({ hosts, side, ways }: Culprit, isSided: boolean): Way | undefined {
  const [first] = ways;
  if (ways.length === 1 && first !== undefined) return { from: first.from, to: first.to };
  const [host] = hosts;
  if (!isSided || hosts.length !== 1 || host === undefined) return undefined;
  if (side === 'in') return { from: '*', to: host };
  return side === 'out' ? { from: host, to: '*' } : undefined;
}
