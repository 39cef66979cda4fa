import type { Finding } from '../finding.ts';
import type { Report } from '../reports/report.ts';
import type { CheckResult, Pair } from '../verification.ts';

/* Reports for the tests of their formats. */

export const check = (fields: Partial<CheckResult> = {}): CheckResult => ({
  level: 'L4',
  check: 'ping',
  network: 'net1',
  from: 'h1',
  to: 'h2',
  target: '10.200.1.7',
  result: 'ok',
  detail: 'answered',
  ms: 0.5,
  ...fields,
});

export const finding = (fields: Partial<Finding> = {}): Finding => ({
  id: 'data-port-blocked',
  severity: 'error',
  message: 'UDP 4789 is dropped on the way into h2.',
  hosts: ['h2'],
  evidence: ['h1 → h2: 3 sent, 0 received', 'h2: iptables INPUT drops udp dpt:4789 (12 packets)'],
  fix: 'Open UDP 4789 on h2: `iptables -I INPUT -p udp --dport 4789 -j ACCEPT`.',
  confidence: 'certain',
  consequenceOf: null,
  symptom: false,
  ...fields,
});

const pairsAmong = (hosts: readonly string[], bad: string | null): Pair[] =>
  hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .map((to): Pair => {
        const isBad = to === bad;
        return { from, to, result: isBad ? 'failed' : 'ok', rttMs: isBad ? null : 0.4 };
      }),
  );

/** A verification of hosts h1, h2, … that passed. */
export function passedReport(many: number): Report {
  const hosts = Array.from({ length: many }, (_, at) => `h${at + 1}`);
  const pairs = pairsAmong(hosts, null);
  return {
    kind: 'verification',
    id: 'ver_1',
    cluster: 'prod',
    operation: 'op_1',
    startedAt: '2026-11-25T18:00:00.000Z',
    seconds: 2.13,
    verdict: 'passed',
    hosts,
    sampled: false,
    pairs,
    checks: pairs.map(({ from, to }) => check({ from, to })),
    findings: [],
  };
}

/** One in which nobody reaches h2, for a reason that is known, and which skipped something and could not see something. */
export function failedReport(many: number): Report {
  const report = passedReport(many);
  const pairs = pairsAmong(report.hosts, 'h2');
  const lost = finding({
    id: 'container-unreachable',
    message: 'Containers on h2 do not answer.',
    evidence: [],
    fix: undefined,
    consequenceOf: 'data-port-blocked',
  });
  return {
    ...report,
    verdict: 'failed',
    pairs,
    checks: [
      ...pairs.map(({ from, to, result }) =>
        check({ from, to, ...(result === 'failed' ? { result, detail: '3 sent, none answered', ms: null } : {}) }),
      ),
      check({ level: 'L5', check: 'http', result: 'skipped', detail: 'does not speak HTTP', ms: null }),
      check({
        level: 'L0',
        check: 'node',
        from: 'h3',
        to: null,
        network: null,
        result: 'unknown',
        detail: 'h3 is away',
        ms: null,
      }),
    ],
    findings: [
      finding({
        id: 'live-restore-on',
        severity: 'note',
        message: 'live-restore is on.',
        hosts: ['h1'],
        evidence: [],
        fix: undefined,
      }),
      lost,
      finding(),
    ],
  };
}
