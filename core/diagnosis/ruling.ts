import type { CauseId } from '../causes/catalogue.ts';
import type { Finding } from '../finding.ts';
import type { CheckResult } from '../verification.ts';
import type { Symptoms } from './symptoms.ts';
import { naturally } from '../natural-order.ts';

/** A finding, with the failed checks that it accounts for. */
export interface Ruling {
  finding: Finding;
  explains: (check: CheckResult) => boolean;
}

/** What a rule judges: everything seen, and of the failed checks those that no earlier rule has explained. */
export interface Case {
  symptoms: Symptoms;
  open: readonly CheckResult[];
  earlier: readonly Ruling[];
}

/** Pure: the same symptoms give the same findings. */
export type Rule = (about: Case) => Ruling[];

export const ruling = (finding: Finding, explains: Ruling['explains'] = () => false): Ruling => ({ finding, explains });

/** The hosts that checks were made from. */
export const hostsOf = (checks: readonly CheckResult[]): string[] =>
  [...new Set(checks.map(({ from }) => from))].toSorted(naturally);

/** Whether a check is between hosts of which one is this one; service names lead to any host. */
export function touches(hosts: readonly string[]): (check: CheckResult) => boolean {
  const all = new Set(hosts);
  return ({ from, to }) => all.has(from) || (to !== null && all.has(to));
}

/** A cause below names and tasks that disturbs what nodes know of each other: what is odd there follows from it. */
export const disturbanceOf = (earlier: readonly Ruling[]): CauseId | undefined => firstAmong(earlier, disturbing);

/** Which of these causes was told first, if any was. */
export function firstAmong(earlier: readonly Ruling[], causes: readonly CauseId[]): CauseId | undefined {
  const found = earlier.find(({ finding }) => causes.some((id) => id === finding.id));
  return causes.find((id) => id === found?.finding.id);
}

const disturbing: readonly CauseId[] = [
  'quorum-lost',
  'manager-locked',
  'advertise-address-unreachable',
  'cloned-swarm-state',
  'manager-port-blocked',
  'gossip-tcp-blocked',
  'gossip-blocked',
  'gossip-dead',
  'node-down',
];

/** One line of evidence for a check. */
export const lineOf = ({ check, from, to, target, detail }: CheckResult): string =>
  `${check} ${from} → ${to ?? target}${to === null || target === to ? '' : ` (${target})`}: ${detail}`;

/** At most this many lines tell a pattern; the whole is in the report. */
const linesMax = 6;

export const linesOf = (checks: readonly CheckResult[]): string[] => {
  const lines = checks.slice(0, linesMax).map(lineOf);
  return checks.length > linesMax ? [...lines, `and ${checks.length - linesMax} more like these`] : lines;
};

/**
 * Checks of a port of the swarm, with those that nothing has explained yet: asked straight from host to host, where that
 * was done, which is the better witness than from inside a container.
 */
export function straightest({ symptoms, open, earlier }: Case, check: string) {
  const straight = (symptoms.evidence?.underlay ?? []).filter((one) => one.check === check);
  const from = straight.length > 0 ? straight : symptoms.checks.filter((one) => one.check === check);
  const known = from.filter(({ result, to }) => to !== null && (result === 'ok' || result === 'failed'));
  const left = new Set(open);
  const isOpen = (one: CheckResult): boolean => left.has(one) || !earlier.some(({ explains }) => explains(one));
  return { known, failed: known.filter((one) => one.result === 'failed' && isOpen(one)) };
}
