import { type CauseId, isCauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import type { CheckResult } from '../verification.ts';
import { accessRule, byCommandRule } from './access.ts';
import { insideRule } from './counters.ts';
import { dataPathRule } from './data-path.ts';
import { diskRule } from './disk.ts';
import { gossipDeadRule, gossipPortRule } from './gossip.ts';
import { managerPortRule } from './manager-port.ts';
import { mtuRule } from './mtu.ts';
import { namesRule } from './names.ts';
import { neighbourRule } from './neighbours.ts';
import { advertiseRule, sourceRule } from './node-addresses.ts';
import { checksumRule, forwardRule, listeningRule, publishedRule, vipRule } from './ports.ts';
import { outsideRule } from './outside.ts';
import { placeRule } from './places.ts';
import { linesOf, type Rule, type Ruling } from './ruling.ts';
import { clonedRule, dataPortRule, managersRule, nodeRule, quorumRule, splitRule } from './swarm-state.ts';
import type { Symptoms } from './symptoms.ts';
import { missingRule, taskRule } from './tasks.ts';
import { naturally } from '../natural-order.ts';

/** The rules from the lowest layer up: what an earlier one explains, no later one has to. */
const rules: readonly Rule[] = [
  accessRule,
  clonedRule,
  splitRule,
  quorumRule,
  neighbourRule,
  outsideRule,
  advertiseRule,
  forwardRule,
  managerPortRule,
  gossipPortRule,
  nodeRule,
  taskRule,
  missingRule,
  diskRule,
  gossipDeadRule,
  sourceRule,
  insideRule,
  placeRule,
  dataPathRule,
  mtuRule,
  checksumRule,
  namesRule,
  vipRule,
  listeningRule,
  publishedRule,
  managersRule,
  dataPortRule,
  byCommandRule,
];

/**
 * From what was seen to named causes. One failed layer explains those above it: the root cause is told once, what
 * follows from it is marked as its consequence, and what no rule explains is told as a symptom. Pure.
 */
export function diagnose(symptoms: Symptoms): Finding[] {
  const failed = symptoms.checks.filter(({ result }) => result === 'failed');
  const rulings: Ruling[] = [];
  let left: readonly CheckResult[] = failed;
  for (const rule of rules) {
    const made = rule({ symptoms, open: left, earlier: rulings });
    rulings.push(...made);
    if (made.length > 0) left = left.filter((check) => !made.some(({ explains }) => explains(check)));
  }
  const found = [
    ...rulings.map(({ finding }) => finding),
    ...consequences(failed, rulings),
    ...(left.length === 0 ? [] : [unexplained(left)]),
  ];
  return found.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Causes first, the worst before the others; then what follows from them, then what nobody can explain. */
function rankOf({ severity, consequenceOf, symptom }: Finding): number {
  if (symptom) return 4;
  if (consequenceOf !== null) return 3;
  return { error: 0, warning: 1, note: 2 }[severity];
}

/** What people would notice of a cause further up, where that has a name of its own. */
function consequences(failed: readonly CheckResult[], rulings: readonly Ruling[]): Finding[] {
  const followed = failed.flatMap((check) => {
    const id = symptomOf(check);
    const first = rulings.find(({ explains }) => explains(check));
    const cause = first?.finding.consequenceOf ?? first?.finding.id;
    return id === null || cause === undefined || !isCauseId(cause) || cause === id ? [] : [{ id, cause, check }];
  });
  return [...Map.groupBy(followed, ({ id, cause }) => `${id} ${cause}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || rulings.some(({ finding }) => finding.id === first.id)) return [];
    const checks = own.map(({ check }) => check);
    const hosts = [...new Set(checks.map((check) => (check.level === 'L6' ? (check.to ?? check.from) : check.from)))];
    return [
      findingOf(first.id, {
        hosts: hosts.toSorted(naturally),
        evidence: linesOf(checks),
        consequenceOf: first.cause,
        fix: 'Mend the cause first: this follows from it.',
      }),
    ];
  });
}

function symptomOf({ level, check }: CheckResult): CauseId | null {
  if (level === 'L6') return 'published-port-dead';
  return check === 'dns' ? 'name-not-resolved' : null;
}

function unexplained(left: readonly CheckResult[]): Finding {
  const hosts = [...new Set(left.flatMap(({ from, to }) => (to === null ? [from] : [from, to])))].toSorted(naturally);
  return findingOf('checks-failed', {
    message: `${left.length} checks failed; the pattern names no single cause.`,
    hosts,
    evidence: linesOf(left),
    confidence: 'possible',
    symptom: true,
  });
}
