import { z } from 'zod';
import { findingSchema } from '../finding.ts';
import { isRootCause } from '../findings.ts';
import {
  type CheckResult,
  checkResultSchema,
  type Counted,
  countedSchema,
  type Pair,
  pairSchema,
  verificationSchema,
} from '../verification.ts';
import type { PreflightView, VerificationView } from '../wire.ts';

/** What is shown of a verification or a preflight, in whatever format: both tell the same things. */
export const reportSchema = z.object({
  kind: z.enum(['verification', 'preflight']),
  id: z.string(),
  /** Null for a preflight of hosts that were in no cluster. */
  cluster: z.string().nullable(),
  operation: z.string(),
  /** When it began, RFC 3339. */
  startedAt: z.string(),
  seconds: z.number(),
  verdict: verificationSchema.shape.verdict,
  hosts: z.array(z.string()),
  /** Set when not every ordered pair was tested. */
  sampled: z.boolean(),
  pairs: z.array(pairSchema),
  checks: z.array(checkResultSchema),
  /** Checks that are told by their number; absent where all are among `checks`. */
  counted: z.array(countedSchema).optional(),
  findings: z.array(findingSchema),
});
export type Report = z.infer<typeof reportSchema>;

/** A report in a line of a list. `causes` are the ids of its root causes. */
export const reportSummarySchema = reportSchema
  .omit({ hosts: true, pairs: true, checks: true, counted: true, findings: true, sampled: true })
  .extend({
    hosts: z.number(),
    pairs: z.number(),
    reached: z.number(),
    failed: z.number(),
    unknown: z.number(),
    causes: z.array(z.string()),
  });
export type ReportSummary = z.infer<typeof reportSummarySchema>;

/** What one report said of one ordered pair. */
export const pairHistorySchema = pairSchema.extend({ report: z.string(), startedAt: z.string() });
export type PairHistory = z.infer<typeof pairHistorySchema>;

/** Reports kept of a cluster, of each kind; older ones are removed when one comes in. */
export const reportsKept = 500;

/** An id without its prefix: it sorts reports of both kinds by time. */
export const timePart = (id: string): string => id.slice(id.indexOf('_') + 1);

/** A stored verification as a report. */
export function reportOfVerification({ id, cluster, operation, verification }: VerificationView): Report {
  const { nodes, ...rest } = verification;
  return { kind: 'verification', id, cluster, operation, hosts: nodes, ...rest };
}

/** A stored preflight as a report. */
export function reportOfPreflight({ id, cluster, operation, preflight }: PreflightView): Report {
  const { facts: _facts, members: _members, ...rest } = preflight;
  return { kind: 'preflight', id, cluster, operation, ...rest };
}

export function summaryOf(report: Report): ReportSummary {
  const { hosts, pairs, checks: _checks, counted: _counted, findings, sampled: _sampled, ...rest } = report;
  const { reached, failed, unknown } = countsOf(report);
  const causes = [...new Set(findings.filter(isRootCause).map(({ id }) => id))];
  return { ...rest, hosts: hosts.length, pairs: pairs.length, reached, failed, unknown, causes };
}

/** The cluster's name, or that there is none, for titles and labels. */
export const subjectOf = ({ cluster }: Pick<Report, 'cluster'>): string => cluster ?? 'hosts';

/** `verification of prod`, for titles. */
export const titleOf = (report: Pick<Report, 'kind' | 'cluster'>): string =>
  `${kindText(report)} of ${subjectOf(report)}`;

const kindText = ({ kind }: Pick<Report, 'kind'>): string => (kind === 'verification' ? 'Verification' : 'Preflight');

/** The verdict in a sentence that promises no more than was seen. */
export const verdictText = (report: Pick<Report, 'kind' | 'verdict'>): string =>
  ({
    passed: `${kindText(report)} passed`,
    failed: `${kindText(report)} failed`,
    incomplete: `${kindText(report)} incomplete: not everything could be seen`,
  })[report.verdict];

/** Of checks that are `counted`, why no more is said of each. */
export const tooMany = 'too many to keep each';

interface Seen {
  checks: readonly CheckResult[];
  counted?: readonly Counted[] | undefined;
  pairs: readonly Pair[];
}

/** Checks by result, and pairs that were reached. */
export function countsOf({ checks, counted = [], pairs }: Seen) {
  const of = (result: CheckResult['result']): number =>
    checks.filter((check) => check.result === result).length +
    counted.reduce((sum, one) => sum + (one.result === result ? one.count : 0), 0);
  return {
    ok: of('ok'),
    failed: of('failed'),
    unknown: of('unknown'),
    skipped: of('skipped'),
    pairs: pairs.length,
    reached: pairs.filter(({ result }) => result === 'ok').length,
  };
}

/** What each level of checks is about (DESIGN §8). */
export const levelTitles = {
  L0: 'SSH, engine, swarm and services',
  L1: 'the network below: ports, path MTU',
  L2: 'gossip',
  L3: 'names',
  L4: 'packets between containers',
  L5: 'connections between containers',
  L6: 'published ports, from outside',
} as const satisfies Record<CheckResult['level'], string>;

/** `h1 → h2`, or the one host that a check is about. */
export const routeOf = ({ from, to }: Pick<CheckResult, 'from' | 'to'>): string =>
  to === null ? from : `${from} → ${to}`;
