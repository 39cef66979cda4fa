import type { Finding } from './finding.ts';
import { nameList } from './name-list.ts';

/** A finding with everything that follows from it. */
export interface Explained {
  finding: Finding;
  consequences: Finding[];
}

const rank = { error: 0, warning: 1, note: 2 } as const;

/** True when it is named as the reason: an error or a warning that follows from nothing and is no mere symptom. */
export const isRootCause = ({ severity, symptom, consequenceOf }: Finding): boolean =>
  severity !== 'note' && !symptom && consequenceOf === null;

/**
 * Findings as people read them: errors, warnings, notes, and of each the known causes before the mere symptoms; every
 * one with its consequences folded below it. A consequence of something that is not among the findings stands by
 * itself, so that nothing is lost. Stable within a group.
 */
export function explained(findings: readonly Finding[]): Explained[] {
  const heads = findings.filter((one) => rootOf(one, findings) === one);
  const entries = heads.map((finding): Explained => ({ finding, consequences: [] }));
  for (const one of findings) {
    const root = rootOf(one, findings);
    if (root !== one) entries.find(({ finding }) => finding === root)?.consequences.push(one);
  }
  const orderOf = ({ finding }: Explained): number => rank[finding.severity] * 2 + (finding.symptom ? 1 : 0);
  return entries.toSorted((a, b) => orderOf(a) - orderOf(b));
}

/** What explains it in the end; itself when nothing does, or when the explanations run in a ring. */
function rootOf(finding: Finding, all: readonly Finding[]): Finding {
  const seen = new Set([finding]);
  let current = finding;
  for (;;) {
    const next = reasonOf(current, all);
    if (next === undefined) return current;
    if (seen.has(next)) return finding;
    seen.add(next);
    current = next;
  }
}

/** The finding of that id; of several the one with which it shares most: network, hosts. */
function reasonOf(finding: Finding, all: readonly Finding[]): Finding | undefined {
  const { consequenceOf: id, hosts, network } = finding;
  if (id === null) return undefined;
  const near = (one: Finding): number =>
    one.hosts.filter((host) => hosts.includes(host)).length +
    (network !== undefined && one.network === network ? 1 : 0);
  return all.filter((one) => one.id === id && one !== finding).toSorted((a, b) => near(b) - near(a))[0];
}

/** Where it is: the direction of a one-way fault, else the hosts at fault; empty when it is about none. */
export const whereOf = ({ direction, hosts }: Finding): string =>
  direction === undefined ? nameList(hosts) : `${direction.from} → ${direction.to}`;

/** How sure it is, for people: nothing when it is certain. */
export const confidenceText = ({ confidence, symptom }: Finding): string => {
  if (symptom) return 'cause not known';
  return confidence === 'certain' ? '' : confidence;
};

/** From so many hosts on, the same words are told once. */
const sameFrom = 4;

/** What was seen, in lines; what many hosts say in the same words (`h7: no ESP`) is one line with their names. */
export function evidenceLines({ evidence, hosts }: Pick<Finding, 'evidence' | 'hosts'>): string[] {
  const bySaid = Map.groupBy(
    evidence.map((line) => ({ line, ...saidBy(line, hosts) })),
    ({ said }) => said,
  );
  return [...bySaid].flatMap(([said, lines]) => {
    const names = lines.flatMap(({ host }) => host ?? []);
    const told = names.length < sameFrom ? lines.map(({ line }) => line) : [`${nameList(names)}: ${said}`];
    return told.flatMap((line) => line.split('\n'));
  });
}

/** A line without the host that it begins with. */
function saidBy(line: string, hosts: readonly string[]): { host: string | null; said: string } {
  const end = line.indexOf(': ');
  const host = line.slice(0, Math.max(end, 0));
  return hosts.includes(host) ? { host, said: line.slice(end + 2) } : { host: null, said: line };
}
