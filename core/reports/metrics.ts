import { isRootCause } from '../findings.ts';
import type { Metric, Sample } from './exposition.ts';
import { countsOf, type Report, subjectOf } from './report.ts';

const verdicts = ['passed', 'failed', 'incomplete'] as const;
const severities = ['error', 'warning', 'note'] as const;
const results = ['ok', 'failed', 'unknown', 'skipped'] as const;

/** What the newest report of each kind and cluster says, as metrics; `nowMs` is for the age. */
export function metricsOf(reports: readonly Report[], nowMs: number): Metric[] {
  const each = (samplesOf: (report: Report, labels: Record<string, string>) => Sample[]): Sample[] =>
    reports.flatMap((report) => samplesOf(report, { cluster: subjectOf(report), kind: report.kind }));
  const one = (valueOf: (report: Report) => number): Sample[] =>
    each((report, labels) => [{ labels, value: valueOf(report) }]);
  const gauge = (name: string, help: string, samples: Sample[]): Metric => ({
    name: `flotilla_${name}`,
    type: 'gauge',
    help,
    samples,
  });
  return [
    gauge(
      'report_passed',
      'Whether the last verification or preflight passed (1) or not (0).',
      one(({ verdict }) => Number(verdict === 'passed')),
    ),
    gauge(
      'report_verdict',
      'The verdict of the last one: 1 for the one that it is, 0 for the others.',
      each(({ verdict }, labels) =>
        verdicts.map((name) => ({ labels: { ...labels, verdict: name }, value: Number(name === verdict) })),
      ),
    ),
    gauge(
      'report_duration_seconds',
      'How long the last one took.',
      one(({ seconds }) => seconds),
    ),
    gauge(
      'report_timestamp_seconds',
      'When the last one began, in seconds since the epoch.',
      one(({ startedAt }) => Date.parse(startedAt) / 1000),
    ),
    gauge(
      'report_age_seconds',
      'How long ago the last one began.',
      one(({ startedAt }) => (nowMs - Date.parse(startedAt)) / 1000),
    ),
    gauge(
      'report_hosts',
      'Hosts that the last one looked at.',
      one(({ hosts }) => hosts.length),
    ),
    gauge(
      'report_checks',
      'Checks of the last one by result; unknown is what could not be seen.',
      each((report, labels) => {
        const counts = countsOf(report);
        return results.map((result) => ({ labels: { ...labels, result }, value: counts[result] }));
      }),
    ),
    gauge(
      'report_findings',
      'Findings of the last one by severity.',
      each(({ findings }, labels) =>
        severities.map((severity) => ({
          labels: { ...labels, severity },
          value: findings.filter((finding) => finding.severity === severity).length,
        })),
      ),
    ),
    gauge('report_root_cause', 'Root causes that the last one named, and how often.', each(rootCauses)),
    ...pairMetrics(gauge, each),
  ];
}

function rootCauses({ findings }: Report, labels: Record<string, string>): Sample[] {
  const byId = Map.groupBy(findings.filter(isRootCause), ({ id }) => id);
  return [...byId].map(([cause, found]) => ({ labels: { ...labels, cause }, value: found.length }));
}

/** Pairs that are told one by one: all of thirty hosts, or four for each of two hundred. */
export const pairsTold = 1000;

/** Of more than that those that were not reached, or every look of Prometheus would take ten megabytes. */
const toldOf = ({ pairs }: Report): Report['pairs'] =>
  pairs.length <= pairsTold ? pairs : pairs.filter(({ result }) => result !== 'ok').slice(0, pairsTold);

/** Only what was measured has a sample: an absent pair is not one that is fine. */
function pairMetrics(
  gauge: (name: string, help: string, samples: Sample[]) => Metric,
  each: (samplesOf: (report: Report, labels: Record<string, string>) => Sample[]) => Sample[],
): Metric[] {
  const perPair = (valueOf: (pair: Report['pairs'][number]) => number | null | undefined): Sample[] =>
    each((report, labels) =>
      toldOf(report).flatMap((pair): Sample[] => {
        const value = valueOf(pair);
        const { from, to } = pair;
        return typeof value === 'number' ? [{ labels: { ...labels, from, to }, value }] : [];
      }),
    );
  const reachable = { ok: 1, failed: 0, unknown: null, skipped: null } as const;
  return [
    gauge(
      'report_pairs',
      'Ordered pairs of hosts of the last one by result.',
      each(({ pairs }, labels) =>
        results.map((result) => ({
          labels: { ...labels, result },
          value: pairs.filter((pair) => pair.result === result).length,
        })),
      ),
    ),
    gauge(
      'pair_reachable',
      `Whether \`to\` was reached from \`from\` (1) or not (0); absent when that is not known. Of more than ${pairsTold} pairs those that were reached have no samples of their own.`,
      perPair(({ result }) => reachable[result]),
    ),
    gauge(
      'pair_rtt_seconds',
      'Round trip from `from` to `to`.',
      perPair(({ rttMs }) => (rttMs === null ? null : rttMs / 1000)),
    ),
    gauge(
      'pair_loss_ratio',
      'Share of echoes that were lost between `from` and `to`, from 0 to 1.',
      perPair(({ loss }) => loss),
    ),
  ];
}
