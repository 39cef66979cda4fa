import type { Finding } from '../finding.ts';
import type { Preflight } from '../preflight.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import { checkOfProbe, type UnderlayProbe } from '../preflight/probes.ts';
import type { CheckResult, Pair } from '../verification.ts';
import { isCauseId } from '../causes/catalogue.ts';
import { rootCausesOf } from '../causes/finding-of.ts';
import { accessFindings } from './preflight-access.ts';
import { engineFindings } from './preflight-engine.ts';
import { hostFindings } from './preflight-hosts.ts';
import { kernelFindings } from './preflight-kernel.ts';
import { pathFindings } from './preflight-paths.ts';
import { portFindings } from './preflight-ports.ts';
import { rangeFindings } from './preflight-ranges.ts';
import { underlayFindings } from './preflight-underlay.ts';
import { factChecks } from './preflight-unseen.ts';
import { byWay, type Way } from '../ways.ts';

type Judged = Pick<Preflight, 'verdict' | 'hosts' | 'members' | 'pairs' | 'checks' | 'findings'>;

/** The rules in their order: what stands first may explain what comes after it. */
const rules: ((evidence: PreflightEvidence) => Finding[])[] = [
  accessFindings,
  engineFindings,
  hostFindings,
  kernelFindings,
  rangeFindings,
  portFindings,
  underlayFindings,
  pathFindings,
];

/** What all that was gathered comes to. Pure. `peers` are the pairs that were to be tested. */
export function judgePreflight(evidence: PreflightEvidence, peers: ReadonlyMap<string, readonly string[]>): Judged {
  const findings = withConsequences(rules.flatMap((rule) => rule(evidence)));
  const probesOn = byWay(evidence.probes);
  const pairs = [...peers].flatMap(([from, others]) =>
    others.map((to) => pairOf(probesOn({ from, to }), { from, to })),
  );
  const checks = [...factChecks(evidence), ...evidence.probes.map(checkOfProbe)];
  const isBad = rootCausesOf(findings).some(({ severity }) => severity === 'error');
  const isUnsure =
    pairs.some(({ result }) => result === 'unknown') || checks.some(({ result }) => result === 'unknown');
  return {
    verdict: isBad ? 'failed' : isUnsure ? 'incomplete' : 'passed',
    hosts: evidence.hosts.map(({ name }) => name),
    members: [...evidence.members],
    pairs,
    checks,
    findings,
  };
}

/** Where an address leads nowhere, that packets come from another one follows from it. */
function withConsequences(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => {
    const parent = findings.find(
      (one) =>
        one.id === 'advertise-address-unreachable' &&
        one !== finding &&
        one.hosts.some((host) => finding.hosts.includes(host)),
    );
    const follows = finding.id === 'source-address-differs' && parent !== undefined && isCauseId(parent.id);
    return follows ? { ...finding, consequenceOf: parent.id } : finding;
  });
}

/** What a swarm needs of a pair; a control port, or what only SSH uses, is not part of it. */
const counted = new Set<UnderlayProbe['probe']>([
  'ping',
  'path-mtu',
  'tcp-2377',
  'tcp-7946',
  'udp-7946',
  'udp-data',
  'udp-large',
  'esp',
]);

function pairOf(probes: readonly UnderlayProbe[], { from, to }: Way): Pair {
  const own = probes.filter(({ probe }) => counted.has(probe));
  // ICMP may be closed without harm, as long as the ports of the swarm answer.
  const ports = own.filter(({ probe }) => probe !== 'ping' && probe !== 'path-mtu');
  const rttMs = own.find(({ probe }) => probe === 'ping')?.ms ?? null;
  return { from, to, result: worstOf(ports.map(({ result }) => result)), rttMs };
}

function worstOf(results: readonly CheckResult['result'][]): CheckResult['result'] {
  const order = ['failed', 'unknown', 'ok', 'skipped'] as const;
  return order.find((one) => results.includes(one)) ?? 'unknown';
}
