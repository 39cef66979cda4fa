import { isDeepStrictEqual } from 'node:util';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import type { CauseId } from '#core/causes/catalogue.ts';
import type { Finding } from '#core/finding.ts';

/** What a report must say of one fault. */
export interface Expected {
  id: CauseId;
  /** Hosts at fault, and no others. */
  hosts: readonly string[];
  /** For what is broken one way; `*` is every other host. */
  direction?: { from: string; to: string } | undefined;
  /** For what limits and breaks nothing: a note in a report that has passed, with no root cause beside it. */
  asNote?: boolean;
}

/** A report as it was read. */
export interface Report {
  verdict: string;
  findings: readonly Finding[];
  /** Of a verification. */
  checks?: readonly { result: string; detail: string }[];
}

export interface Judgement {
  ok: boolean;
  /** The root causes as the report tells them, or why there is no report: `mtu-black-hole h2`. */
  named: string;
}

/** Named means: exactly one root cause, with the right id, hosts and direction, in a report that has not passed. */
export function judge({ verdict, findings }: Report, expected: Expected): Judgement {
  const causes = rootCausesOf(findings);
  const named = causes.map(textOf).join('; ');
  if (expected.asNote === true) {
    const notes = findings.filter(({ id, severity }) => id === expected.id && severity === 'note');
    const [note] = notes;
    const isTold = notes.length === 1 && note !== undefined && matches(note, expected);
    return { ok: causes.length === 0 && isTold && verdict === 'passed', named: named || notes.map(textOf).join('; ') };
  }
  const [only] = causes;
  const isNamed = causes.length === 1 && only !== undefined && matches(only, expected);
  // A warning alone does not fail a report.
  const isSeen = verdict !== 'passed' || only?.severity === 'warning';
  return { ok: isNamed && isSeen, named: named || `nothing (${verdict})` };
}

const matches = ({ id, hosts, direction }: Finding, expected: Expected): boolean =>
  id === expected.id &&
  isDeepStrictEqual(hosts.toSorted(), expected.hosts.toSorted()) &&
  isDeepStrictEqual(direction, expected.direction);

/** `data-port-blocked h2 h1→h2`. */
export const textOf = ({ id, hosts, direction }: Pick<Expected, 'hosts' | 'direction'> & { id: string }): string =>
  [id, hosts.toSorted().join(','), direction === undefined ? '' : `${direction.from}→${direction.to}`]
    .filter(Boolean)
    .join(' ');

/** Why checks have no answer, each reason once. */
export const unseenIn = ({ checks = [] }: Report): string[] => [
  ...new Set(checks.flatMap(({ result, detail }) => (result === 'unknown' ? [detail] : []))),
];

/** What a finding is based on, a line each: who reads that it is the wrong one looks there next. */
export const groundsOf = (finding: Finding): string[] =>
  finding.evidence.map((line) => `${finding.severity} ${textOf(finding)}: ${line}`);
